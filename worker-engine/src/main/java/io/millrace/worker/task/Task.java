package io.millrace.worker.task;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Makes a method of a bean a task: a kind of work that can be submitted by name.
 *
 * <pre>{@code
 * @Singleton
 * class Greetings {
 *     record Greet(@NotBlank String name) {}
 *
 *     @Task(name = "greet", queue = "default", maxRetries = 5)
 *     String greet(Greet args, TaskContext context) {
 *         return "Hello, " + args.name();
 *     }
 * }
 * }</pre>
 *
 * The method takes a record of arguments, a {@link TaskContext}, both in this order, or neither. The record's Bean
 * Validation constraints become part of a JSON Schema against which submissions are checked. What the method returns is
 * the job's result, as JSON. It may throw anything; see {@link PermanentFailure}, {@link RetryAfter} and {@link Snooze}
 * for exceptions with a meaning. Records that travel as JSON carry
 * {@code @RegisterForReflection(registerFullHierarchy = true)}, for native images.
 *
 * <p>Durations are written as {@code "300ms"}, {@code "30s"}, {@code "10m"}, {@code "24h"} or in ISO 8601.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Task {

    /** What submissions call it. */
    String name();

    /** The queue; empty leaves it to the routing rules. */
    String queue() default "";

    /** 0 (last) to 10 (first); -1 leaves it to the queue. */
    int priority() default -1;

    /** How many failures are followed by another attempt. */
    int maxRetries() default 3;

    /** The wait after the first failure. */
    String retryDelay() default "1s";

    /** What each further failure multiplies the wait by. */
    double retryFactor() default 2;

    /** The longest wait. */
    String retryCap() default "600s";

    /** Whether the wait is drawn evenly from zero to the computed one. */
    boolean retryJitter() default true;

    /** Exceptions that are worth another attempt, with their subclasses; empty means all. */
    Class<? extends Throwable>[] retryFor() default {};

    /** Exceptions that are not, with their subclasses; goes before {@link #retryFor}. */
    Class<? extends Throwable>[] doNotRetryFor() default {};

    /** After which a run is asked to end; empty for never. */
    String softTimeLimit() default "";

    /** After which a run is ended; empty for never. */
    String timeLimit() default "";

    /** How long a result is kept. */
    String resultTtl() default "24h";

    /** The cluster-wide rate, such as {@code 15/s}, {@code 10/m} or {@code 100/h}; empty for none. */
    String rateLimit() default "";

    /**
     * Whether each run has a process to itself: a child of the worker from a warm pool. Its time limit and its
     * termination then end it whatever it does, with all processes it has started; if it crashes, or runs out of memory,
     * only its job is lost, and that counts as a lost worker does.
     *
     * <p>A child is the same application with the same beans and settings, but it is never told that it has started: no
     * observer of Quarkus's {@code StartupEvent} is called, so whatever begins with that (HTTP, consumers of Kafka,
     * schedulers, the worker itself) is not there. A bean that an isolated task needs prepares itself when it is made,
     * in {@code @PostConstruct}. What the task prints goes to the worker's log. A child that is no longer needed is
     * ended without a farewell: {@code @PreDestroy} is not called.
     */
    boolean isolated() default false;

    /**
     * The name of a boolean argument, as submissions write it, by which each job says whether it is run as
     * {@link #isolated}; empty for none. A job that does not give the argument runs on a thread.
     *
     * <pre>{@code
     * record Spin(double seconds, @Nullable Boolean isolated) {}
     *
     * @Task(name = "spin", isolatedBy = "isolated")
     * Spin spin(Spin args) { … }
     * }</pre>
     */
    String isolatedBy() default "";

    /**
     * After how many runs, of any task, the child that has run this one is replaced, for tasks that leave memory
     * behind; 0 leaves it to {@code millrace.worker.isolation.max-tasks-per-child}.
     */
    int maxTasksPerChild() default 0;
}
