package io.millrace.dispatch;

import io.millrace.limit.DeclaredLimit;
import io.millrace.queue.Lane;
import io.millrace.queue.Routing;
import io.millrace.store.Database;
import io.millrace.store.QueueStore;
import io.millrace.store.StartPatience;
import io.millrace.task.Precedence;
import io.quarkus.runtime.ShutdownEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jboss.logging.Logger;

/**
 * The configured queues: declared in PostgreSQL and given their topics when a service starts. A service does not wait
 * for Kafka; topics are made as soon as it is there.
 */
@Singleton
public class Queues {

    private static final Logger LOG = Logger.getLogger(Queues.class);
    private static final Duration BETWEEN_ATTEMPTS = Duration.ofSeconds(2);
    private static final int PRIORITY = 5;

    private final Map<String, Integer> declared;
    private final Map<String, DeclaredLimit> limits;
    private final Precedence precedence;
    private final Routing routing;
    private final QueueStore store;
    private final LaneTopics topics;
    private volatile Map<String, Integer> priorities;
    private volatile boolean open = true;

    Queues(QueueConfig config, DefaultsConfig defaults, Precedence precedence, QueueStore store, LaneTopics topics) {
        int ofAll = defaults.defaults().priority().orElse(PRIORITY);
        var byName = new TreeMap<String, Integer>();
        config.queues()
                .forEach((name, queue) -> byName.put(name, queue.priority().orElse(ofAll)));
        byName.forEach(Queues::check);
        var limits = new HashMap<String, DeclaredLimit>();
        config.queues().forEach((name, queue) -> limits.put(name, queue.readLimit("millrace.queues." + name)));
        this.limits = Map.copyOf(limits);
        this.precedence = precedence;
        config.routes().forEach((pattern, queue) -> {
            if (!byName.containsKey(queue)) {
                throw new IllegalArgumentException("millrace.routes.\"" + pattern + "\" names queue '" + queue
                        + "', which millrace.queues does not have");
            }
        });
        this.declared = Map.copyOf(byName);
        this.priorities = declared;
        this.routing = new Routing(new HashMap<>(config.routes()));
        this.store = store;
        this.topics = topics;
    }

    /**
     * The queues of a configuration without anything behind them, for tests that only ask which there are.
     *
     * @param none a database that is never asked
     */
    public static Queues configured(
            QueueConfig config, DefaultsConfig defaults, DispatchConfig dispatch, Database none) {
        return new Queues(
                config,
                defaults,
                Precedence.NOTHING_CONFIGURED,
                new QueueStore(none),
                new LaneTopics(Map.of(), dispatch));
    }

    private static void check(String name, int priority) {
        if (!Lane.QUEUE_NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("millrace.queues: '" + name + "' is no name for a queue; it must match "
                    + Lane.QUEUE_NAME + fromTheEnvironment(name));
        }
        Lane.of(priority);
    }

    /** In a variable's name a dot, a hyphen and an underscore are written alike. */
    private static String fromTheEnvironment(String name) {
        return name.contains(".")
                ? "; the environment variables of a queue that a file has are MILLRACE_QUEUES_"
                        + name.replace('.', '_').toUpperCase(Locale.ROOT)
                        + "_…, and a new one with a hyphen or underscore in its name needs a file"
                : "";
    }

    /** Tells PostgreSQL of those that are configured, learns what others there are, and has Kafka's topics made. */
    void begin(StartPatience patience) {
        patience.untilDone(() -> {
            store.declare(declared, limits, precedence);
            refresh();
        });
        Thread.ofVirtual().name("lane-topics").start(this::makeTopics);
    }

    private void makeTopics() {
        while (open) {
            try {
                topics.ensure(names());
                return;
            } catch (RuntimeException e) {
                LOG.warnf("the topics of lanes cannot be made yet: %s", e.getMessage());
                pause();
            }
        }
    }

    private void pause() {
        try {
            Thread.sleep(BETWEEN_ATTEMPTS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            open = false;
        }
    }

    void onStop(@Observes ShutdownEvent event) {
        open = false;
    }

    /** Reads again what an operator may have changed: the priorities. */
    public void refresh() {
        var now = new HashMap<>(declared);
        store.priorities().forEach((queue, priority) -> now.computeIfPresent(queue, (_, _) -> priority));
        priorities = Map.copyOf(now);
    }

    /** The queues there are. */
    public Set<String> names() {
        return declared.keySet();
    }

    /** What a job of this queue gets that names no priority. @throws IllegalArgumentException for an unknown queue */
    public int priorityOf(String queue) {
        Integer priority = priorities.get(queue);
        if (priority == null) {
            throw new IllegalArgumentException("there is no queue '" + queue + "'");
        }
        return priority;
    }

    /** The queue of a task that names none itself. */
    public String queueOf(String task) {
        return routing.queueOf(task);
    }
}
