package io.millrace.dispatch;

import io.millrace.limit.DeclaredLimit;
import io.millrace.task.Defaults;
import io.smallrye.config.ConfigMapping;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * What jobs get that their submission does not say; the same for all three services. A task's configuration goes before
 * what its code says, that before its queue's configuration, and that before what holds for all.
 */
@ConfigMapping(prefix = "millrace")
public interface DefaultsConfig {

    /** What holds for all jobs. */
    Values defaults();

    /** What holds for jobs of a task: its name, in which {@code *} is any text. The most specific name goes first. */
    Map<String, OfTask> tasks();

    /** What may be said of jobs of a task. */
    interface OfTask extends Values, Limited {}

    /** What may be said of how often and how many jobs start, over all workers. A limit set over HTTP goes before it. */
    interface Limited {
        /**
         * How often jobs may start, over all workers: {@code 15/s}, {@code 10/m}, {@code 5/10s}, several with commas
         * between; {@code none} for no limit, whatever a task's code says.
         */
        Optional<String> rateLimit();

        /** How many jobs may run at a time, over all workers; 0 for no limit, whatever a task's code says. */
        Optional<Integer> maxConcurrency();

        /** The same as the model has it. @throws IllegalArgumentException if a value is no limit */
        default DeclaredLimit readLimit(String place) {
            return DeclaredLimit.configured(
                    place, rateLimit().orElse(null), maxConcurrency().orElse(null));
        }
    }

    /** What one place may say. */
    interface Values {
        /** After which a run is ended; 0 for never. */
        Optional<Duration> timeLimit();

        /** After which a run is asked to end; 0 for never. */
        Optional<Duration> softTimeLimit();

        /** How many failures are followed by another attempt. */
        Optional<Integer> maxRetries();

        /** The wait after the first failure. */
        Optional<Duration> retryDelay();

        /** What each further failure multiplies the wait by. */
        Optional<Double> retryFactor();

        /** The longest wait. */
        Optional<Duration> retryCap();

        /** Whether the wait is drawn evenly from zero to the computed one. */
        Optional<Boolean> retryJitter();

        /** How long a result is kept; 0 for not at all. */
        Optional<Duration> resultTtl();

        /** What a job gets that names no priority: 0 (last) to 10 (first). A task's counts in the task's own queue only. */
        Optional<Integer> priority();

        /** How long after it has become due a job is still worth running; 0 for ever. */
        Optional<Duration> expires();

        /** Whether results are not kept at all. */
        Optional<Boolean> ignoreResult();

        /** The same as the model has it. @throws IllegalArgumentException if a value is out of its bounds */
        default Defaults read(String place) {
            try {
                return new Defaults(
                        timeLimit().orElse(null),
                        softTimeLimit().orElse(null),
                        maxRetries().orElse(null),
                        retryDelay().orElse(null),
                        retryFactor().orElse(null),
                        retryCap().orElse(null),
                        retryJitter().orElse(null),
                        resultTtl().orElse(null),
                        priority().orElse(null),
                        expires().orElse(null),
                        ignoreResult().orElse(null));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(place + ": " + e.getMessage(), e);
            }
        }
    }
}
