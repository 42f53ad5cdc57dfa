package io.millrace.api.job;

import io.millrace.access.Caller;
import io.millrace.api.problem.FieldError;
import io.millrace.api.problem.Problem;
import io.millrace.api.problem.ProblemCode;
import io.millrace.api.problem.Problems;
import io.millrace.job.NewJob;
import io.millrace.store.KeyStore.Keyed;
import io.millrace.store.KeyStore.Verdict;
import java.util.ArrayList;
import java.util.HashMap;
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
 * in the middle accepts nothing; then they go to PostgreSQL in a few large inserts, and those that may stand for a job
 * that is there already in a few large transactions.
 */
final class BulkSubmission implements SubmissionReader.Each {

    /** One submission of the request: a job, or what is wrong with it. */
    sealed interface Item {
        /** To be accepted, unless the database refuses it. */
        record Good(NewJob job) implements Item {}

        record Bad(Problem problem) implements Item {}
    }

    private final Admission admission;
    private final OnceSubmitter once;
    private final SubmissionTrace trace;
    private final int maxJobs;
    private final Caller caller;
    private final List<Item> items = new ArrayList<>();
    private final List<NewJob> jobs = new ArrayList<>();
    private final List<Keyed> keyed = new ArrayList<>();
    private final Set<String> unknownTasks = new HashSet<>();

    BulkSubmission(Admission admission, OnceSubmitter once, SubmissionTrace trace, int maxJobs, Caller caller) {
        this.admission = admission;
        this.once = once;
        this.trace = trace;
        this.maxJobs = maxJobs;
        this.caller = caller;
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
    public void read(Submission read) {
        Submission submission;
        NewJob job;
        try {
            submission = read.of(caller);
            job = trace.of(admit(submission));
        } catch (Problem problem) {
            refuse(problem);
            return;
        }
        add(new Item.Good(job));
        Submission said = admission.asItsTaskSays(submission);
        if (OnceSubmitter.applies(said)) {
            keyed.add(once.keyed(job, said));
        } else {
            jobs.add(job);
        }
    }

    /** A task that is not known is looked up once a request, not once a line. */
    private NewJob admit(Submission submission) {
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
        if (keyed.isEmpty()) {
            if (!jobs.isEmpty()) {
                acceptance.acceptAll(jobs);
            }
            return new BulkAnswer(items, Map.of(), Map.of());
        }
        return acceptAllKeyed();
    }

    /** All of them in one transaction, those without a key among them. */
    private BulkAnswer acceptAllKeyed() {
        var all = new ArrayList<>(keyed);
        jobs.forEach(job -> all.add(new Keyed(job, null, null)));
        var outcome = new KeyedOutcome();
        outcome.add(all, once.submitAll(all));
        if (!outcome.refused.isEmpty()) {
            var errors = new ArrayList<FieldError>();
            for (int i = 0; i < items.size(); i++) {
                if (items.get(i) instanceof Item.Good(var job)
                        && outcome.refused.get(job.id()) instanceof Problem why) {
                    errors.addAll(at(i, why));
                }
            }
            throw Problem.of(ProblemCode.BULK_REJECTED, errors);
        }
        return new BulkAnswer(items, Map.of(), outcome.before);
    }

    /** What became of jobs with keys, by the ids they would have had. */
    private static final class KeyedOutcome {
        final Map<UUID, RuntimeException> refused = new HashMap<>();
        final Map<UUID, UUID> before = new HashMap<>();

        void add(List<Keyed> jobs, List<Verdict> verdicts) {
            for (int i = 0; i < jobs.size(); i++) {
                UUID id = jobs.get(i).job().id();
                Problem problem = OnceSubmitter.problem(verdicts.get(i), jobs.get(i));
                if (problem != null) {
                    refused.put(id, problem);
                } else if (verdicts.get(i) instanceof Verdict.Before(UUID first)) {
                    before.put(id, first);
                }
            }
        }
    }

    /** Accepts those with keys as far as they can be, a few transactions one after the other. */
    private KeyedOutcome acceptKeyed(int batch) {
        var outcome = new KeyedOutcome();
        for (int from = 0; from < keyed.size(); from += batch) {
            acceptKeyed(keyed.subList(from, Math.min(keyed.size(), from + batch)), outcome);
        }
        return outcome;
    }

    private void acceptKeyed(List<Keyed> part, KeyedOutcome outcome) {
        try {
            outcome.add(part, once.submitEach(part));
        } catch (RuntimeException e) {
            if (!Problems.isRefusedValue(e)) {
                part.forEach(each -> outcome.refused.put(each.job().id(), e));
            } else if (part.size() == 1) {
                outcome.refused.put(part.getFirst().job().id(), Acceptance.unstorable());
            } else {
                // One of them is to blame; halving finds it in few transactions.
                acceptKeyed(part.subList(0, part.size() / 2), outcome);
                acceptKeyed(part.subList(part.size() / 2, part.size()), outcome);
            }
        }
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
        KeyedOutcome outcome = acceptKeyed(config.batch());
        refused.putAll(outcome.refused);
        inserts.forEach(CompletableFuture::join);
        if (!refused.isEmpty() && refused.size() == jobs.size() + keyed.size()) {
            RuntimeException first = refused.values().iterator().next();
            if (!(first instanceof Problem)) {
                throw first;
            }
        }
        return new BulkAnswer(items, refused, outcome.before);
    }
}
