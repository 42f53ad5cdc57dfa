package io.millrace.scheduler;

import io.millrace.dispatch.FoundationLaid;
import io.millrace.dispatch.Queues;
import io.millrace.schedule.Cadence;
import io.millrace.schedule.Cron;
import io.millrace.schedule.Schedule;
import io.millrace.scheduler.ScheduleConfig.Declared;
import io.millrace.store.ScheduleStore;
import io.millrace.store.ScheduleStore.Declaration;
import io.millrace.store.StartPatience;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import org.jboss.logging.Logger;

/** Makes schedules what configuration says, when a scheduler starts; one that cannot be read keeps it from starting. */
@Singleton
class Declarations {

    private static final Logger LOG = Logger.getLogger(Declarations.class);

    private final ScheduleConfig config;
    private final Queues queues;
    private final ScheduleStore store;
    private final Clock clock;

    Declarations(ScheduleConfig config, Queues queues, ScheduleStore store, Clock clock) {
        this.config = config;
        this.queues = queues;
        this.store = store;
        this.clock = clock;
    }

    void onLaid(@Observes FoundationLaid event, StartPatience patience) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        var read = config.schedules().entrySet().stream()
                .map(entry -> read(entry.getKey(), entry.getValue(), queues.names(), now))
                .toList();
        var done = patience.answerTo(() -> store.declare(read, now));
        done.stored().forEach(name -> LOG.infof("declared schedule=%s", name));
        done.disabled().forEach(name -> LOG.warnf("disabled what is no longer declared schedule=%s", name));
    }

    /** What an entry says. @throws IllegalArgumentException with the key and what is wrong with it */
    static Declaration read(String name, Declared declared, Set<String> queues, Instant now) {
        String key = "millrace.schedules.\"" + name + "\"";
        try {
            declared.queue().filter(queue -> !queues.contains(queue)).ifPresent(queue -> {
                throw new IllegalArgumentException("queue: there is no queue '" + queue + "' in millrace.queues");
            });
            String args = new JsonObject(declared.args()).encode();
            var schedule = new Schedule(
                    name,
                    declared.task(),
                    args,
                    declared.queue().orElse(null),
                    boxed(declared.priority()),
                    cadence(declared, now),
                    declared.misfire(),
                    declared.misfireLimit(),
                    declared.overlap(),
                    declared.enabled());
            return new Declaration(schedule, words(declared));
        } catch (DecodeException e) {
            throw new IllegalArgumentException(key + ".args must be a JSON object: " + e.getMessage(), e);
        } catch (IllegalArgumentException | DateTimeException e) {
            throw new IllegalArgumentException(key + ": " + e.getMessage(), e);
        }
    }

    private static Cadence cadence(Declared declared, Instant now) {
        int given = (declared.cron().isPresent() ? 1 : 0)
                + (declared.every().isPresent() ? 1 : 0)
                + (declared.at().isPresent() ? 1 : 0);
        if (given != 1) {
            throw new IllegalArgumentException("it must have exactly one of cron, every and at");
        }
        if (declared.cron().isPresent()) {
            return new Cron(declared.cron().get(), ZoneId.of(declared.timezone()));
        }
        if (declared.every().isPresent()) {
            Duration interval = declared.every().get();
            return declared.startsAt()
                    .<Cadence>map(start -> new Cadence.Every(interval, time(start)))
                    .orElseGet(() -> Cadence.Every.from(interval, now));
        }
        return new Cadence.Once(time(declared.at().orElseThrow()));
    }

    private static Instant time(String text) {
        return OffsetDateTime.parse(text).toInstant();
    }

    private static @org.jspecify.annotations.Nullable Integer boxed(OptionalInt number) {
        return number.isPresent() ? number.getAsInt() : null;
    }

    /** All of it as text, by which a change is told. */
    private static String words(Declared declared) {
        return List.of(
                        declared.task(),
                        declared.args(),
                        declared.queue(),
                        declared.priority(),
                        declared.cron(),
                        declared.every(),
                        declared.startsAt(),
                        declared.at(),
                        declared.timezone(),
                        declared.misfire(),
                        declared.misfireLimit(),
                        declared.overlap(),
                        declared.enabled())
                .toString();
    }
}
