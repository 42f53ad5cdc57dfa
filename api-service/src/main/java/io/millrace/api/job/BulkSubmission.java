package io.millrace.api.job;

import io.millrace.api.problem.FieldError;
import io.millrace.api.problem.Problem;
import io.millrace.api.problem.ProblemCode;
import io.millrace.api.problem.Problems;
import io.millrace.job.NewJob;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/**
 * The submissions of one bulk request. All are read and judged before the first is accepted, so a body that breaks off
 * in the middle accepts nothing; then they go to PostgreSQL in a few large inserts.
 */
final class BulkSubmission implements SubmissionReader.Each {

    /** One submission of the request: a job, or what is wrong with it. */
    sealed interface Item {
        /** To be accepted, unless the database refuses it. */
        record Good(NewJob job) implements Item {}

        record Bad(Problem problem) implements Item {}
    }

    private final Admission admission;
    private final int maxJobs;
    private final List<Item> items = new ArrayList<>();
    private final List<NewJob> jobs = new ArrayList<>();
    private final Set<String> unknownTasks = new HashSet<>();

    BulkSubmission(Admission admission, int maxJobs) {
        this.admission = admission;
        this.maxJobs = maxJobs;
    }

    /** Reads a body that is one submission a line. Empty lines do not count. */
    void readLines(byte[] body) {
        int from = 0;
        while (from < body.length) {
            int to = from;
            while (to < body.length && body[to] != '\n') {
                to++;
            }
            if (!blank(body, from, to)) {
                readLine(body, from, to);
            }
            from = to + 1;
        }
    }

    private void readLine(byte[] body, int from, int to) {
        Submission submission;
        try {
            submission = SubmissionReader.readOne(body, from, to);
        } catch (Problem problem) {
            refuse(problem);
            return;
        }
        read(submission);
    }

    private static boolean blank(byte[] body, int from, int to) {
        for (int i = from; i < to; i++) {
            if (body[i] != ' ' && body[i] != '\t' && body[i] != '\r') {
                return false;
            }
        }
        return true;
    }

    @Override
    public void read(Submission submission) {
        NewJob job;
        try {
            job = admit(submission);
        } catch (Problem problem) {
            refuse(problem);
            return;
        }
        add(new Item.Good(job));
        jobs.add(job);
    }

    /** A task that is not known is looked up once a request, not once a line. */
    private NewJob admit(Submission submission) {
        if (submission.idempotencyKey() != null) {
            // A key that is not honoured must not be taken: the caller would retry in good faith and get the job twice.
            throw Problem.of(
                    ProblemCode.INVALID_REQUEST,
                    List.of(new FieldError("idempotency_key", "is not taken in bulk; submit the job alone")));
        }
        if (!admission.knows(submission) && unknownTasks.add(submission.task())) {
            try {
                return admission.admitFresh(submission).toCompletableFuture().join();
            } catch (RuntimeException e) {
                throw Problems.of(e);
            }
        }
        return admission.admit(submission);
    }

    @Override
    public void refuse(Problem problem) {
        add(new Item.Bad(problem));
    }

    private void add(Item item) {
        if (items.size() == maxJobs) {
            throw Problem.of(ProblemCode.TOO_MANY_JOBS, "One request may have " + maxJobs + " jobs.");
        }
        items.add(item);
    }

    /** Accepts all in one transaction. @throws Problem naming every field of every bad one, if there is any */
    BulkAnswer acceptAll(Acceptance acceptance) {
        var errors = new ArrayList<FieldError>();
        for (int i = 0; i < items.size(); i++) {
            if (items.get(i) instanceof Item.Bad(var problem)) {
                errors.addAll(at(i, problem));
            }
        }
        if (!errors.isEmpty()) {
            throw Problem.of(ProblemCode.BULK_REJECTED, errors);
        }
        if (!jobs.isEmpty()) {
            acceptance.acceptAll(jobs);
        }
        return new BulkAnswer(items, Map.of());
    }

    private static List<FieldError> at(int index, Problem problem) {
        String item = "[" + index + "]";
        return problem.errors().isEmpty()
                ? List.of(new FieldError(item, String.valueOf(problem.getMessage())))
                : problem.errors().stream()
                        .map(e -> new FieldError(e.field().isEmpty() ? item : item + "." + e.field(), e.message()))
                        .toList();
    }

    /**
     * Accepts the good ones, a few inserts at a time.
     *
     * @throws RuntimeException if the database is to blame and not one was accepted
     */
    BulkAnswer acceptEach(Acceptance acceptance, SubmitConfig config) {
        var refused = new ConcurrentHashMap<UUID, RuntimeException>();
        var free = new Semaphore(config.bulkInFlight());
        var inserts = new ArrayList<CompletableFuture<Void>>();
        for (int from = 0; from < jobs.size(); from += config.batch()) {
            List<NewJob> chunk = jobs.subList(from, Math.min(jobs.size(), from + config.batch()));
            free.acquireUninterruptibly();
            inserts.add(CompletableFuture.runAsync(
                    () -> {
                        try {
                            refused.putAll(acceptance.accept(chunk));
                        } finally {
                            free.release();
                        }
                    },
                    Thread::startVirtualThread));
        }
        inserts.forEach(CompletableFuture::join);
        if (!refused.isEmpty() && refused.size() == jobs.size()) {
            RuntimeException first = refused.values().iterator().next();
            if (!(first instanceof Problem)) {
                throw first;
            }
        }
        return new BulkAnswer(items, refused);
    }
}
