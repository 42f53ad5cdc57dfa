package io.millrace.pack.workflow;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.millrace.workflow.RemoteAnswer;
import io.millrace.workflow.WorkflowJob;
import io.smallrye.faulttolerance.api.Guard;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import org.eclipse.microprofile.faulttolerance.exceptions.BulkheadException;
import org.eclipse.microprofile.faulttolerance.exceptions.CircuitBreakerOpenException;

/**
 * The remote side, spared when it is down: a circuit breaker stops asking where nearly nothing is answered, a bulkhead
 * bounds how many calls a worker makes at once. Neither retries: that is Millrace's own work, which holds no thread
 * while it waits. What is not let through has not been asked, costs no attempt, and waits as a job.
 */
@Singleton
class RemoteClient {

    private static final Duration BUSY_REST = Duration.ofSeconds(1);

    private final RemoteHttp http;
    private final Guard guard;
    private final Duration breakerDelay;
    private final MeterRegistry metrics;
    private final Clock clock;

    RemoteClient(RemoteConfig config, MeterRegistry metrics, Clock clock) {
        this.http = new RemoteHttp(config, clock);
        this.breakerDelay = config.breakerDelay();
        this.metrics = metrics;
        this.clock = clock;
        this.guard = Guard.create()
                .withDescription("remote workflows")
                .withBulkhead()
                .limit(config.maxConcurrentCalls())
                .done()
                .withCircuitBreaker()
                .requestVolumeThreshold(config.breakerWindow())
                .failureRatio(config.breakerRatio())
                .delay(config.breakerDelay().toMillis(), ChronoUnit.MILLIS)
                .when(Down.class::isInstance)
                .done()
                .build();
    }

    /** Submits a job's payload. */
    RemoteAnswer submit(WorkflowJob job) throws InterruptedException {
        return ask("submit", () -> http.submit(job.payload(), job.idempotencyKey()));
    }

    /** Asks how a workflow is doing. */
    RemoteAnswer poll(String workflowId) throws InterruptedException {
        return ask("poll", () -> http.poll(workflowId));
    }

    /** Asks for a workflow's end. */
    RemoteAnswer cancel(String workflowId) throws InterruptedException {
        return ask("cancel", () -> http.cancel(workflowId));
    }

    /** What the circuit breaker counts: an answer that says that the remote side is not well, carried past it. */
    private static final class Down extends Exception {
        private static final long serialVersionUID = 1L;

        private final transient RemoteAnswer answer;

        Down(RemoteAnswer answer) {
            super("the remote side is not well", null, false, false);
            this.answer = answer;
        }
    }

    private RemoteAnswer ask(String operation, Callable<RemoteAnswer> call) throws InterruptedException {
        var started = clock.instant();
        RemoteAnswer answer = guarded(call);
        Timer.builder("millrace.workflow.remote.call")
                .description("Calls of the remote workflow API")
                .tag("operation", operation)
                .tag("outcome", outcome(answer))
                .register(metrics)
                .record(Duration.between(started, clock.instant()));
        return answer;
    }

    private RemoteAnswer guarded(Callable<RemoteAnswer> call) throws InterruptedException {
        try {
            return guard.call(
                    () -> {
                        RemoteAnswer answer = call.call();
                        if (down(answer)) {
                            throw new Down(answer);
                        }
                        return answer;
                    },
                    RemoteAnswer.class);
        } catch (Down down) {
            return down.answer;
        } catch (CircuitBreakerOpenException e) {
            return new RemoteAnswer.NotAsked(
                    "the remote side is spared, since most calls have failed", about(breakerDelay));
        } catch (BulkheadException e) {
            return new RemoteAnswer.NotAsked("enough calls of the remote side are under way", about(BUSY_REST));
        } catch (InterruptedException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("a call of the remote side throws nothing else", e);
        }
    }

    private static boolean down(RemoteAnswer answer) {
        return switch (answer) {
            case RemoteAnswer.NoAnswer _ -> true;
            case RemoteAnswer.Refused refused -> refused.httpStatus() >= 500;
            case RemoteAnswer.Understood _, RemoteAnswer.Misconfigured _, RemoteAnswer.NotAsked _ -> false;
        };
    }

    private static Duration about(Duration rest) {
        return Duration.ofMillis(
                Math.round(rest.toMillis() * (0.5 + ThreadLocalRandom.current().nextDouble())));
    }

    private static String outcome(RemoteAnswer answer) {
        return switch (answer) {
            case RemoteAnswer.Understood _ -> "answered";
            case RemoteAnswer.Refused _ -> "refused";
            case RemoteAnswer.NoAnswer _ -> "no_answer";
            case RemoteAnswer.Misconfigured _, RemoteAnswer.NotAsked _ -> "not_asked";
        };
    }
}
