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
 *
 * <p>What is said here goes before the defaults of the queue ({@code millrace.queues.<name>.*}) and of all
 * ({@code millrace.defaults.*}); configuration of the task ({@code millrace.tasks."<name>".*}) and a submission go before
 * it. What is left alone is left to those defaults, and the values named below are Millrace's own, where nobody says
 * anything.
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

    /** How many failures are followed by another attempt; -1 leaves it to the defaults (3). */
    int maxRetries() default -1;

    /** The wait after the first failure; empty leaves it to the defaults (1 s). */
    String retryDelay() default "";

    /** What each further failure multiplies the wait by; 0 leaves it to the defaults (2). */
    double retryFactor() default 0;

    /** The longest wait; empty leaves it to the defaults (600 s). */
    String retryCap() default "";

    /** Whether the wait is drawn evenly from zero to the computed one; true leaves it to the defaults (it is). */
    boolean retryJitter() default true;

    /** Exceptions that are worth another attempt, with their subclasses; empty means all. */
    Class<? extends Throwable>[] retryFor() default {};

    /** Exceptions that are not, with their subclasses; goes before {@link #retryFor}. */
    Class<? extends Throwable>[] doNotRetryFor() default {};

    /** After which a run is asked to end; 0 for never, empty leaves it to the defaults (never). */
    String softTimeLimit() default "";

    /** After which a run is ended; 0 for never, empty leaves it to the defaults (never). */
    String timeLimit() default "";

    /** How long a result is kept; empty leaves it to the defaults (24 h). */
    String resultTtl() default "";

    /** Whether results are not kept at all; false leaves it to the defaults (they are). */
    boolean ignoreResult() default false;

    /** How long after it has become due a job is still worth running; empty leaves it to the defaults (for ever). */
    String expires() default "";

    /**
     * Celery's {@code acks_late}: whether a run that was lost with its worker, or was ended because its worker leaves, is
     * followed by another. With false such a job is a FAILURE with {@code WorkerLost} and is not run again: at most once,
     * for effects that must not happen twice. A failure of the task itself is still retried; {@link #maxRetries} 0 says
     * that it is not.
     */
    boolean acksLate() default true;

    /**
     * How often jobs of this task may start, over all workers: {@code 15/s}, {@code 10/m}, {@code 100/h} or
     * {@code 5/10s}, several at once with commas between ({@code "15/s,1000/h"}); empty for any number. Configuration
     * and what is set over HTTP go before it.
     */
    String rateLimit() default "";

    /**
     * How many jobs of this task may run at a time, over all workers; 0 for any number. Configuration and what is set
     * over HTTP go before it.
     */
    int maxConcurrency() default 0;

    /**
     * Whether a job of this task is to be the only one with its arguments, in its project, as long as it has not
     * finished. What becomes of a submission that finds another is {@link #onConflict}'s to say. A submission's own
     * {@code unique} goes before all of this. It holds for jobs that are submitted over HTTP, alone or in bulk; batches and
     * schedules know their jobs, and what recurs has an overlap policy.
     */
    boolean unique() default false;

    /**
     * For how long after its submission a job is to be the only one with its arguments, whatever becomes of it; empty for
     * no such period. With {@link #unique}, the longer of the two.
     */
    String uniqueFor() default "";

    /** The names of the arguments that make two jobs the same, as submissions write them; empty for all. */
    String[] uniqueBy() default {};

    /** What becomes of a submission that is to be unique and finds another job in its place. */
    OnConflict onConflict() default OnConflict.RETURN;

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
