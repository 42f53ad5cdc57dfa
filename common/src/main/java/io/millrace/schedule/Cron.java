package io.millrace.schedule;

import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.Locale;
import java.util.Optional;

/**
 * Five fields as crontab and Celery have them (minute, hour, day of month, month, day of week; names, lists, ranges and
 * steps; where both days are restricted, either counts), or {@code @hourly}, {@code @daily}, {@code @weekly},
 * {@code @monthly}, {@code @yearly}; in a time zone.
 *
 * <p>When clocks change, an expression whose hour is {@code *} follows elapsed time: an hour that happens twice has its
 * ticks twice, one that does not happen has none. Every other one follows the wall clock: a time that does not exist
 * ticks at the moment the clock jumps over it, a time that comes twice ticks the first time. So a daily job runs once on
 * every day, and a job of each quarter of an hour each quarter of an hour.
 *
 * <p>The parser computes on local times only; how those become moments is decided here, which keeps it independent of
 * the parser's own notion of a zone.
 */
public final class Cron implements Cadence {

    /** Change-overs looked at in search of a tick; two a year, so it covers more than any 29th of February needs. */
    private static final int CHANGES = 64;

    private static final int LONGEST = 200;

    private final String expression;
    private final ZoneId zone;
    private final boolean followsWallClock;
    private final ExecutionTime times;

    /** @throws IllegalArgumentException if it cannot be read or never ticks, with a reason for the person who wrote it */
    public Cron(String expression, ZoneId zone) {
        if (expression.length() > LONGEST) {
            throw new IllegalArgumentException("must have at most " + LONGEST + " characters");
        }
        String fields = fields(expression);
        this.expression = expression;
        this.zone = zone;
        this.followsWallClock = !fields.split(" ", -1)[1].equals("*");
        // A parser is cheap next to what it parses, and is not made for several threads.
        var parser = new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.UNIX));
        this.times = ExecutionTime.forCron(parsed(parser, fields));
    }

    private static com.cronutils.model.Cron parsed(CronParser parser, String fields) {
        try {
            return parser.parse(fields);
        } catch (IllegalArgumentException e) {
            // The library says what it was doing before it says what is wrong.
            String why = String.valueOf(e.getMessage()).replaceFirst("^Failed to parse cron expression\\.\\s*", "");
            throw new IllegalArgumentException("is not a cron expression: " + why, e);
        }
    }

    private static String fields(String expression) {
        String trimmed = expression.strip().replaceAll("\\s+", " ");
        String fields = switch (trimmed.toLowerCase(Locale.ROOT)) {
            case "@yearly", "@annually" -> "0 0 1 1 *";
            case "@monthly" -> "0 0 1 * *";
            case "@weekly" -> "0 0 * * 0";
            case "@daily", "@midnight" -> "0 0 * * *";
            case "@hourly" -> "0 * * * *";
            case String other -> other;
        };
        int count = fields.split(" ", -1).length;
        if (count != 5) {
            throw new IllegalArgumentException(
                    "must have five fields (minute, hour, day of month, month, day of week), " + "but '" + expression
                            + "' has " + (fields.isEmpty() ? 0 : count));
        }
        return fields;
    }

    public String expression() {
        return expression;
    }

    public ZoneId zone() {
        return zone;
    }

    @Override
    public Optional<Instant> next(Instant after) {
        ZoneRules rules = zone.getRules();
        Instant from = after;
        LocalDateTime behind = beginning(rules, after);
        for (int i = 0; i < CHANGES; i++) {
            var next = nextLocal(behind);
            if (next.isEmpty()) {
                return Optional.empty();
            }
            Instant tick = next.get().toInstant(rules.getOffset(from));
            ZoneOffsetTransition change = rules.nextTransition(from);
            if (change == null || tick.isBefore(change.getInstant())) {
                return Optional.of(tick);
            }
            if (followsWallClock && change.isGap() && next.get().isBefore(change.getDateTimeAfter())) {
                return Optional.of(change.getInstant());
            }
            // No tick before the clock changes; go on behind that, and behind what it repeats.
            from = change.getInstant();
            LocalDateTime begin =
                    followsWallClock && change.isOverlap() ? change.getDateTimeBefore() : change.getDateTimeAfter();
            behind = begin.minusMinutes(1);
        }
        return Optional.empty();
    }

    /** The local time behind which to look: where a wall clock repeats itself, the repetition does not count. */
    private LocalDateTime beginning(ZoneRules rules, Instant after) {
        LocalDateTime local =
                LocalDateTime.ofInstant(after, rules.getOffset(after)).truncatedTo(ChronoUnit.MINUTES);
        ZoneOffsetTransition last = rules.previousTransition(after.plusNanos(1));
        boolean repeated = last != null && last.isOverlap() && local.isBefore(last.getDateTimeBefore());
        return followsWallClock && repeated ? last.getDateTimeBefore().minusMinutes(1) : local;
    }

    private Optional<LocalDateTime> nextLocal(LocalDateTime after) {
        return times.nextExecution(after.atZone(ZoneOffset.UTC)).map(ZonedDateTime::toLocalDateTime);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Cron cron && cron.expression.equals(expression) && cron.zone.equals(zone);
    }

    @Override
    public int hashCode() {
        return 31 * expression.hashCode() + zone.hashCode();
    }

    @Override
    public String toString() {
        return expression + " " + zone;
    }
}
