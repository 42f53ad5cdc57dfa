package io.millrace.api.job;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.millrace.api.problem.Problem;
import io.millrace.api.problem.ProblemCode;
import io.millrace.job.NewJob;
import io.millrace.store.JobQueries;
import io.millrace.store.JobStore;
import jakarta.inject.Singleton;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Submissions with an idempotency key: the same again is answered with the first job, something else is refused. */
@Singleton
class OnceSubmitter {

    /** Writes objects with their keys in order, so that what says the same looks the same. */
    private static final ObjectMapper CANONICAL = JsonMapper.builder()
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .build();

    private final JobStore store;
    private final JobQueries queries;
    private final Acceptance acceptance;
    private final Clock clock;

    OnceSubmitter(JobStore store, JobQueries queries, Acceptance acceptance, Clock clock) {
        this.store = store;
        this.queries = queries;
        this.acceptance = acceptance;
        this.clock = clock;
    }

    /**
     * The job that a key stands for.
     *
     * @param isNew whether it was accepted just now
     */
    record Submitted(JobView view, boolean isNew) {}

    /** Accepts a job unless its key stands for one already. @throws Problem {@code idempotency_key_reused}, in the stage */
    CompletionStage<Submitted> submit(NewJob job, String key, Submission submission) {
        return CompletableFuture.supplyAsync(
                () -> submitNow(job, key, fingerprint(submission)), Thread::startVirtualThread);
    }

    private Submitted submitNow(NewJob job, String key, String fingerprint) {
        return switch (store.submitOnce(job, key, fingerprint)) {
            case JobStore.Once.Accepted _ -> {
                acceptance.accepted(job);
                yield new Submitted(JobView.of(job), true);
            }
            case JobStore.Once.Before(var id) ->
                queries.get(id)
                        .map(first -> new Submitted(JobView.of(first, clock.instant()), false))
                        .orElseThrow(() -> Problem.of(
                                ProblemCode.JOB_NOT_FOUND,
                                "The key stands for job " + id + ", which is no longer kept."));
            case JobStore.Once.KeyReused _ ->
                throw Problem.of(
                        ProblemCode.IDEMPOTENCY_KEY_REUSED,
                        "The key '" + key + "' was used before for a submission that says something else.");
        };
    }

    /** SHA-256 of all that a submission says, its key excepted; the order of keys and white space do not count. */
    static String fingerprint(Submission asked) {
        try {
            String args = CANONICAL.writeValueAsString(CANONICAL.treeToValue(asked.args(), Object.class));
            String all = String.join(
                    "\n",
                    args,
                    Arrays.asList(
                                    asked.task(),
                                    asked.queue(),
                                    asked.priority(),
                                    asked.countdown(),
                                    asked.eta(),
                                    asked.expiresIn(),
                                    asked.expiresAt(),
                                    asked.maxRetries(),
                                    asked.retryDelay(),
                                    asked.softTimeLimit(),
                                    asked.timeLimit(),
                                    asked.resultTtl(),
                                    asked.callbackUrl(),
                                    asked.traceId(),
                                    asked.projectId(),
                                    asked.tags(),
                                    asked.rateKey())
                            .toString());
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(all.getBytes(StandardCharsets.UTF_8)));
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException("what was JSON can be written as JSON", e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
