package io.millrace.api.job;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.api.problem.Problem;
import io.millrace.api.problem.ProblemCode;
import io.millrace.dispatch.EventEmitter;
import io.millrace.event.JobEvent;
import io.millrace.job.NewJob;
import io.millrace.job.Unique;
import io.millrace.store.JobQueries;
import io.millrace.store.KeyStore;
import io.millrace.store.KeyStore.Judged;
import io.millrace.store.KeyStore.Keyed;
import io.millrace.store.KeyStore.Replaced;
import io.millrace.store.KeyStore.Verdict;
import jakarta.inject.Singleton;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Submissions that may stand for a job that is there already. With an idempotency key, the same again is answered with
 * the first job, and something else is refused. One that is to be unique finds its place free, or does as it says.
 */
@Singleton
class OnceSubmitter {

    /** Writes objects with their keys in order, so that what says the same looks the same. */
    private static final ObjectMapper CANONICAL = JsonMapper.builder()
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .build();

    private final KeyStore store;
    private final JobQueries queries;
    private final Acceptance acceptance;
    private final EventEmitter events;
    private final Clock clock;

    OnceSubmitter(KeyStore store, JobQueries queries, Acceptance acceptance, EventEmitter events, Clock clock) {
        this.events = events;
        this.store = store;
        this.queries = queries;
        this.acceptance = acceptance;
        this.clock = clock;
    }

    /** Whether a submission may stand for a job that is there already. */
    static boolean applies(Submission submission) {
        return submission.idempotencyKey() != null || submission.wantsToBeUnique() != null;
    }

    /**
     * The job that a submission stands for.
     *
     * @param isNew whether it was accepted just now
     */
    record Submitted(JobView view, boolean isNew) {}

    /**
     * Accepts a job unless it stands for one already.
     *
     * @throws Problem {@code idempotency_key_reused} or {@code job_not_unique}, in the stage
     */
    CompletionStage<Submitted> submit(NewJob job, Submission submission) {
        return CompletableFuture.supplyAsync(() -> submitNow(keyed(job, submission)), Thread::startVirtualThread);
    }

    private Submitted submitNow(Keyed keyed) {
        return switch (submitEach(List.of(keyed)).getFirst()) {
            case Verdict.Accepted _ -> new Submitted(JobView.of(keyed.job()), true);
            case Verdict.Before(var id) ->
                queries.get(id)
                        .map(first -> new Submitted(JobView.of(first, clock.instant()), false))
                        .orElseThrow(() -> Problem.of(
                                ProblemCode.JOB_NOT_FOUND, "It stands for job " + id + ", which is no longer kept."));
            case Verdict.KeyReused refused -> throw refusal(refused, keyed);
            case Verdict.NotUnique refused -> throw refusal(refused, keyed);
        };
    }

    /** Accepts what can be, in one transaction. */
    List<Verdict> submitEach(List<Keyed> jobs) {
        return announced(jobs, store.submit(jobs, clock.instant()));
    }

    /** Accepts all in one transaction or, if any is refused, none. */
    List<Verdict> submitAll(List<Keyed> jobs) {
        Judged judged = store.submitAll(jobs, clock.instant());
        return judged.verdicts().stream().anyMatch(Verdict::refused) ? judged.verdicts() : announced(jobs, judged);
    }

    private List<Verdict> announced(List<Keyed> jobs, Judged judged) {
        List<Verdict> verdicts = judged.verdicts();
        var accepted = new ArrayList<NewJob>();
        for (int i = 0; i < jobs.size(); i++) {
            if (verdicts.get(i) instanceof Verdict.Accepted) {
                accepted.add(jobs.get(i).job());
            }
        }
        acceptance.accepted(accepted);
        Instant now = clock.instant();
        for (Replaced replaced : judged.replaced()) {
            var why = new JobEvent.Cause("replaced", "Revoked", "replaced by job " + replaced.successor());
            events.emit(JobEvent.revoked(replaced.job(), why, now));
        }
        return verdicts;
    }

    /** What a caller is told of a submission that was refused; null if it was not. */
    static @Nullable Problem problem(Verdict verdict, Keyed keyed) {
        return verdict.refused() ? refusal(verdict, keyed) : null;
    }

    private static Problem refusal(Verdict verdict, Keyed keyed) {
        if (verdict instanceof Verdict.NotUnique(UUID holder)) {
            return Problem.of(ProblemCode.JOB_NOT_UNIQUE, "Job " + holder + " has the place of this one.", holder);
        }
        String key = keyed.idempotency() == null ? "" : keyed.idempotency().key();
        return Problem.of(
                ProblemCode.IDEMPOTENCY_KEY_REUSED,
                "The key '" + key + "' was used before for a submission that says something else.");
    }

    /** A job with the keys that its submission names. */
    Keyed keyed(NewJob job, Submission asked) {
        String key = asked.idempotencyKey();
        Submission.Uniqueness wish = asked.wantsToBeUnique();
        return new Keyed(
                job,
                key == null ? null : new KeyStore.Idempotency(key, fingerprint(asked)),
                wish == null ? null : unique(asked, wish, clock.instant()));
    }

    static Unique unique(Submission asked, Submission.Uniqueness wish, Instant now) {
        Double seconds = wish.forSeconds();
        return new Unique(
                place(asked, wish),
                seconds == null ? null : now.plusMillis(Math.round(seconds * 1000)),
                wish.whileUnfinished(),
                wish.onConflict());
    }

    /** SHA-256 of what a submission wants to be the only one of. */
    private static String place(Submission asked, Submission.Uniqueness wish) {
        String project = asked.projectId() == null ? "" : asked.projectId();
        try {
            return sha256(CANONICAL.writeValueAsString(
                    wish.key() == null
                            ? List.of(project, "args", asked.task(), canonical(chosen(asked.args(), wish.by())))
                            : List.of(project, "key", wish.key())));
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException("text can be written as JSON", e);
        }
    }

    /** The arguments that count; one that is not given counts as null, which says the same. */
    private static JsonNode chosen(JsonNode args, List<String> by) {
        if (by.isEmpty()) {
            return args;
        }
        ObjectNode chosen = CANONICAL.createObjectNode();
        by.forEach(name -> chosen.set(name, args.get(name)));
        return chosen;
    }

    private static String canonical(JsonNode args) throws JsonProcessingException {
        return CANONICAL.writeValueAsString(CANONICAL.treeToValue(args, Object.class));
    }

    /** SHA-256 of all that a submission says, its key excepted; the order of keys and white space do not count. */
    static String fingerprint(Submission asked) {
        try {
            return sha256(String.join(
                    "\n",
                    canonical(asked.args()),
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
                                    asked.ignoreResult(),
                                    asked.callbackUrl(),
                                    asked.traceId(),
                                    asked.projectId(),
                                    asked.tags(),
                                    asked.rateKey())
                            .toString()));
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException("what was JSON can be written as JSON", e);
        }
    }

    private static String sha256(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
