package io.millrace.store;

import io.millrace.job.RetryPolicy;
import io.millrace.task.Defaults;
import io.millrace.task.TaskDefinition;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The kinds of work that workers have registered. */
@Singleton
public class TaskStore {

    private final Database database;

    public TaskStore(Database database) {
        this.database = database;
    }

    private static final String REGISTER = """
            INSERT INTO task (name, queue, priority, max_retries, retry_delay, retry_factor, retry_cap, retry_jitter,
                              soft_time_limit, time_limit, result_ttl, rate_limit, isolated, args_schema, says, acks_late,
                              max_concurrency, configured)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14::text::jsonb, $15::text::jsonb, $16, $17, $18::text::jsonb)
            ON CONFLICT (name) DO UPDATE SET
              queue = excluded.queue, priority = excluded.priority, max_retries = excluded.max_retries,
              retry_delay = excluded.retry_delay, retry_factor = excluded.retry_factor, retry_cap = excluded.retry_cap,
              retry_jitter = excluded.retry_jitter, soft_time_limit = excluded.soft_time_limit, time_limit = excluded.time_limit,
              result_ttl = excluded.result_ttl, rate_limit = excluded.rate_limit, isolated = excluded.isolated,
              args_schema = excluded.args_schema, says = excluded.says, acks_late = excluded.acks_late,
              max_concurrency = excluded.max_concurrency, configured = excluded.configured, registered_at = now()
            """;

    /** Makes kinds of work known of which nothing is configured. */
    public void register(List<TaskDefinition> tasks) {
        register(tasks, TaskDefinition::says);
    }

    /**
     * Makes kinds of work known, or their newest definitions.
     *
     * @param configured what is configured for a task, and where that says nothing, what its code says
     */
    public void register(List<TaskDefinition> tasks, Function<TaskDefinition, Defaults> configured) {
        database.inTransaction(sql -> {
            // In order of names, so that workers that start together wait for each other and never deadlock.
            tasks.stream()
                    .sorted((a, b) -> a.name().compareTo(b.name()))
                    .forEach(
                            task -> sql.run(REGISTER, parameters(task).addString(Saying.json(configured.apply(task)))));
            return tasks.size();
        });
    }

    private static final String ALL = """
            SELECT name, queue, coalesce(priority_set, priority) AS priority, max_retries, retry_delay, retry_factor, retry_cap, retry_jitter, soft_time_limit,
                   time_limit, result_ttl, rate_limit, isolated, args_schema::text AS args_schema, says::text AS says, acks_late,
                   priority_set, max_concurrency
            FROM task ORDER BY name
            """;

    /** Every kind of work, by name. */
    public List<TaskDefinition> all() {
        return database.list(ALL, Tuple.tuple(), TaskStore::read);
    }

    private static final String SET_PRIORITY = "UPDATE task SET priority_set = $2 WHERE name = $1";

    /** Sets the priority that jobs of this task get; null for what its code says. */
    public void setPriority(String task, @Nullable Integer priority) {
        database.run(SET_PRIORITY, Tuple.of(task, priority == null ? null : priority.shortValue()));
    }

    private static final String NAMED = """
            SELECT name, queue, coalesce(priority_set, priority) AS priority, max_retries, retry_delay, retry_factor, retry_cap, retry_jitter, soft_time_limit,
                   time_limit, result_ttl, rate_limit, isolated, args_schema::text AS args_schema, says::text AS says, acks_late,
                   priority_set, max_concurrency
            FROM task WHERE name = ANY ($1)
            """;

    /** Those of these names that some worker has registered. */
    public List<TaskDefinition> named(Collection<String> names) {
        return named(database, names);
    }

    /** The same as a part of something larger. */
    static List<TaskDefinition> named(Sql sql, Collection<String> names) {
        return sql.list(NAMED, Tuple.tuple().addArrayOfString(names.toArray(String[]::new)), TaskStore::read);
    }

    private static Tuple parameters(TaskDefinition task) {
        RetryPolicy retry = task.retry();
        return Tuple.tuple()
                .addString(task.name())
                .addString(task.queue())
                .addShort((short) task.priority())
                .addInteger(retry.maxRetries())
                .addDouble(seconds(retry.delay()))
                .addDouble(retry.factor())
                .addDouble(seconds(retry.cap()))
                .addBoolean(retry.jitter())
                .addDouble(secondsOrNull(task.softTimeLimit()))
                .addDouble(secondsOrNull(task.timeLimit()))
                .addDouble(seconds(task.resultTtl()))
                .addString(task.rateLimit())
                .addBoolean(task.isolated())
                .addString(task.argsSchema())
                .addString(Saying.json(task.says()))
                .addBoolean(retry.afterLoss())
                .addInteger(task.maxConcurrency());
    }

    private static TaskDefinition read(Row row) {
        TaskDefinition task = readValues(row).withMaxConcurrency(row.getInteger("max_concurrency"));
        String says = row.getString("says");
        Short set = row.getShort("priority_set");
        return (says == null ? task : task.saying(Saying.of(says)))
                .withPrioritySet(set == null ? null : set.intValue());
    }

    private static TaskDefinition readValues(Row row) {
        return new TaskDefinition(
                row.getString("name"),
                row.getString("queue"),
                row.getShort("priority"),
                new RetryPolicy(
                        row.getInteger("max_retries"),
                        duration(row.getDouble("retry_delay")),
                        row.getDouble("retry_factor"),
                        duration(row.getDouble("retry_cap")),
                        row.getBoolean("retry_jitter"),
                        row.getBoolean("acks_late")),
                durationOrNull(row.getDouble("soft_time_limit")),
                durationOrNull(row.getDouble("time_limit")),
                duration(row.getDouble("result_ttl")),
                row.getString("rate_limit"),
                row.getBoolean("isolated"),
                row.getString("args_schema"));
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }

    private static @Nullable Double secondsOrNull(@Nullable Duration duration) {
        return duration == null ? null : seconds(duration);
    }

    private static Duration duration(double seconds) {
        return Duration.ofMillis(Math.round(seconds * 1000));
    }

    private static @Nullable Duration durationOrNull(@Nullable Double seconds) {
        return seconds == null ? null : duration(seconds);
    }
}
