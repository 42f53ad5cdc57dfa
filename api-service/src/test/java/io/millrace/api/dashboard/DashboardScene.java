package io.millrace.api.dashboard;

import static io.millrace.testing.BatchFixture.aBatch;
import static io.millrace.testing.JobFixture.aJob;
import static io.restassured.RestAssured.given;

import io.millrace.alert.AlertKind;
import io.millrace.alert.AlertMessage;
import io.millrace.alert.AlertState;
import io.millrace.alert.Escalation;
import io.millrace.alert.QueueAlert;
import io.millrace.alert.QueueMeasures;
import io.millrace.alert.Severity;
import io.millrace.dispatch.EventEmitter;
import io.millrace.event.JobEvent;
import io.millrace.fleet.Heartbeat;
import io.millrace.fleet.Pool;
import io.millrace.fleet.SlotRange;
import io.millrace.fleet.WorkerState;
import io.millrace.job.Claim;
import io.millrace.job.JobError;
import io.millrace.job.JobState;
import io.millrace.job.NewJob;
import io.millrace.job.RetryPolicy;
import io.millrace.job.Settled;
import io.millrace.job.Transition;
import io.millrace.queue.Hint;
import io.millrace.store.AlertStore;
import io.millrace.store.BatchStore;
import io.millrace.store.CountStore;
import io.millrace.store.Database;
import io.millrace.store.JobStore;
import io.millrace.store.TaskStore;
import io.millrace.store.WorkerStore;
import io.millrace.task.TaskDefinition;
import io.millrace.testing.JobFixture;
import io.millrace.testing.PipelineFixture;
import io.vertx.sqlclient.Tuple;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;

/**
 * A system that has been at work for an hour, for the dashboard to show. It shares its database with other tests: it has a
 * task and queues of its own, and its workers stop when it is over.
 */
@Singleton
class DashboardScene {

    static final String REPORT = "report.build";
    static final String MAIL = "mail.send";
    static final String QUEUE = "cron";
    static final String WORKER = "worker-a-7d9f";
    /** One that alone receives from a queue as well. */
    static final String OTHER_WORKER = "worker-b-51c2";

    private static final String LOST_WORKER = "worker-c-e09b";
    private static final JobError TIMEOUT = new JobError(
            "task_failed",
            "SocketTimeoutException",
            "connect to 10.0.0.17:5432 timed out after 30 s",
            "java.net.SocketTimeoutException: connect timed out\n\tat app.Reports.fetch(Reports.java:81)\n\tat app.Reports.build(Reports.java:42)");

    private final Database database;
    private final JobStore jobs;
    private final BatchStore batches;
    private final TaskStore tasks;
    private final WorkerStore workers;
    private final AlertStore alerts;
    private final CountStore counts;
    private final EventEmitter events;

    UUID failed = new UUID(0, 0);
    UUID running = new UUID(0, 0);
    UUID brokenBatch = new UUID(0, 0);
    long pipeline;
    String workflowBatch = "";

    DashboardScene(
            Database database,
            JobStore jobs,
            BatchStore batches,
            TaskStore tasks,
            WorkerStore workers,
            AlertStore alerts,
            CountStore counts,
            EventEmitter events) {
        this.database = database;
        this.jobs = jobs;
        this.batches = batches;
        this.tasks = tasks;
        this.workers = workers;
        this.alerts = alerts;
        this.counts = counts;
        this.events = events;
    }

    /** Sets it, once, and lets its workers beat. */
    void set() {
        if (failed.getMostSignificantBits() == 0) {
            setOnce();
        }
        beat(WORKER, WorkerState.ACTIVE, 5, active());
        beat(OTHER_WORKER, WorkerState.ACTIVE, 3, "[]");
    }

    private String active() {
        return "[{\"job_id\": \"" + running + "\", \"task\": \"" + REPORT + "\", \"started_at\": \"" + Instant.now()
                + "\"}]";
    }

    private void setOnce() {
        registerTasks();
        anHourBehind();
        workersAlive();
        jobsInEveryState();
        aBatchThatBroke();
        aPipeline();
        remoteWorkflows();
        schedules();
        alerts.tell(AlertMessage.happened(
                "pipeline",
                "stale",
                Severity.WARNING,
                "orders",
                "Data are stale",
                "orders has had no insert for 3 h",
                List.of(),
                Instant.now()));
        counts.fold(10_000);
    }

    /** Its workers go, so that other tests have none but their own. */
    void end() {
        for (String worker : List.of(WORKER, OTHER_WORKER)) {
            beat(worker, WorkerState.STOPPED, 0, "[]");
        }
    }

    private void registerTasks() {
        tasks.register(
                List.of(task(REPORT), task(MAIL), task("submit_job"), task("poll_job_status"), task("cancel_job")));
        PipelineFixture.registerTasks(tasks);
    }

    private static TaskDefinition task(String name) {
        return new TaskDefinition(
                name,
                name.endsWith("_job") || name.startsWith("poll") ? "jobs" : QUEUE,
                5,
                RetryPolicy.DEFAULT,
                null,
                null,
                Duration.ofHours(1),
                null,
                false,
                "{\"type\": \"object\", \"properties\": {\"month\": {\"type\": \"string\"}}}");
    }

    // Some thirty jobs a minute; every twentieth has failed, in one of three ways.
    private static final String PAST = """
            WITH made AS (
              SELECT n, now() - interval '59 minutes' * random() AS created_at, n % 20 = 0 AS bad,
                CASE WHEN n % 3 = 0 THEN $1 ELSE $2 END AS task, power(random(), 3) * 4 AS waited, 0.05 + power(random(), 4) * 9 AS ran
              FROM generate_series(1, 1800) n
            ), past AS (
              INSERT INTO finished_job (id, forget_at, task, queue, priority, state, claim_seq, attempt, failures, losses, worker_id,
                created_at, started_at, finished_at, max_retries, retry_delay, result_ttl, args, error, tags)
              SELECT (lpad(to_hex((extract(epoch FROM created_at) * 1000)::bigint), 12, '0') || '7' || substr(md5(n::text), 1, 3) || '8' ||
                      substr(md5(n::text || 'x'), 1, 15))::uuid,
                $4, task, $3, 5, CASE WHEN bad THEN 'FAILURE' ELSE 'SUCCESS' END, 1, 1, CASE WHEN bad THEN 1 ELSE 0 END, 0, 'worker-a-7d9f',
                created_at, created_at + waited * interval '1 second', created_at + (waited + ran) * interval '1 second', 3, 1, 3600,
                jsonb_build_object('n', n),
                CASE WHEN NOT bad THEN NULL WHEN n % 60 = 0
                  THEN jsonb_build_object('code', 'task_failed', 'exc_type', 'SmtpException', 'exc_message', '550 mailbox ' || n || ' unavailable')
                  ELSE jsonb_build_object('code', 'task_failed', 'exc_type', 'SocketTimeoutException',
                                          'exc_message', 'connect to 10.0.0.' || n % 250 || ':5432 timed out after 30 s') END,
                '{}'
              FROM made RETURNING task, state, finished_at
            )
            INSERT INTO job_minute (minute, queue, task, state, count)
            SELECT date_trunc('minute', finished_at), $3, task, state, count(*) FROM past GROUP BY 1, 3, 4
            ON CONFLICT (minute, queue, task, state) DO UPDATE SET count = job_minute.count + excluded.count
            """;

    private void anHourBehind() {
        var forgotten =
                OffsetDateTime.now(ZoneOffset.UTC).truncatedTo(ChronoUnit.DAYS).plusDays(8);
        database.run("SELECT make_partition('finished_job', $1)", Tuple.of(forgotten));
        database.run(PAST, Tuple.of(REPORT, MAIL, QUEUE, forgotten));
    }

    private void workersAlive() {
        workers.enrol(WORKER, "node-1", "0.1.0", List.of(QUEUE), 16);
        workers.enrol(OTHER_WORKER, "node-2", "0.1.0", List.of(QUEUE, "jobs"), 8);
        for (String worker : List.of(WORKER, OTHER_WORKER)) {
            workers.knows(worker, List.of(REPORT, MAIL));
        }
        workers.enrol(LOST_WORKER, "node-3", "0.1.0", List.of(QUEUE), 8);
        beat(LOST_WORKER, WorkerState.LOST, 0, "[]");
    }

    private void beat(String worker, WorkerState state, int running, String active) {
        int slots = worker.equals(WORKER) ? 16 : 8;
        workers.beat(new Heartbeat(
                worker,
                state,
                worker.equals(OTHER_WORKER) ? List.of(QUEUE, "jobs") : List.of(QUEUE),
                new Pool(slots, SlotRange.fixed(slots), running, 0, 0),
                active,
                1_204,
                31,
                58,
                231L << 20));
    }

    private void jobsInEveryState() {
        for (int i = 0; i < 6; i++) {
            submit(aJob().ofTask(MAIL)
                    .withArgs("{\"to\": \"user" + i + "@example.org\"}")
                    .tagged("newsletter"));
        }
        submit(aJob().ofTask(REPORT).due(Instant.now().plusSeconds(900)).withArgs("{\"month\": \"2026-02\"}"));
        settle(
                claim(submit(report("2026-01"))),
                new Transition.Succeed("{\"rows\": 48210, \"file\": \"report-2026-01.pdf\"}"));
        settle(
                claim(submit(report("2025-12"))),
                new Transition.Retry(TIMEOUT, Instant.now().plusSeconds(240), 240));
        NewJob bad = submit(report("2025-11"));
        settle(claim(bad), new Transition.Fail(TIMEOUT, false));
        failed = bad.id();
        NewJob going = submit(report("2026-03"));
        jobs.progress(
                claim(going), "{\"current\": 41, \"total\": 120, \"percent\": 34, \"status\": \"rendering page 41\"}");
        running = going.id();
    }

    private static JobFixture report(String month) {
        return aJob().ofTask(REPORT)
                .withArgs("{\"month\": \"" + month + "\", \"format\": \"pdf\", \"pages\": 120, \"draft\": false}");
    }

    NewJob submit(JobFixture job) {
        NewJob submitted = job.onQueue(QUEUE).submitted();
        jobs.submit(List.of(submitted));
        events.emit(JobEvent.submitted(submitted));
        return submitted;
    }

    Claim claim(NewJob job) {
        return claim(job.id());
    }

    Claim claim(UUID job) {
        Claim claim =
                jobs.claim(List.of(new Hint(job, 0, QUEUE, 5, null)), WORKER).getFirst();
        events.emit(JobEvent.started(claim, WORKER, Instant.now()));
        return claim;
    }

    /** Loses the worker of a claim, and claims its job again. */
    Claim claimAgain(Claim claim, JobError lost) {
        settle(claim, new Transition.Rescue(lost));
        return jobs.claim(List.of(new Hint(claim.jobId(), claim.claimSeq(), QUEUE, 5, null)), WORKER)
                .getFirst();
    }

    private static final String PURGED = """
            INSERT INTO finished_job (id, forget_at, task, queue, priority, state, claim_seq, attempt, failures, losses, created_at,
              finished_at, max_retries, retry_delay, result_ttl, args, tags)
            SELECT uuidv7(), (SELECT max(forget_at) FROM finished_job), $1, $2, 5, 'REVOKED', 0, 0, 0, 0, now(), now(), 3, 1, 3600, '{}', '{}'
            FROM generate_series(1, $3)
            """;

    /** So many jobs that were purged, newer than all others. */
    void purged(String task, int jobs) {
        database.run(PURGED, Tuple.of(task, QUEUE, jobs));
    }

    /** Raises two alerts of a queue: it has no worker, and a backlog that is not as bad. */
    void alarm(String queue) {
        var measures = new QueueMeasures(queue, false, 120, 0, 0, Duration.ZERO, 0, 0);
        Map.of(AlertKind.NO_WORKER, Severity.CRITICAL, AlertKind.BACKLOG, Severity.INFO)
                .forEach((kind, severity) -> alerts.change(
                        AlertStore.Standing.calm(queue, kind),
                        new AlertState(severity, severity, Map.of()),
                        QueueAlert.message(kind, new Escalation.Change.Raised(severity), measures, Instant.now())));
    }

    /** The alerts of a queue are over. */
    void calm(String queue) {
        alerts.standing().stream()
                .filter(each -> each.queue().equals(queue))
                .forEach(each -> alerts.change(each, AlertState.CALM, null));
    }

    void progress(Claim claim, String progress) {
        jobs.progress(claim, progress);
        events.emit(JobEvent.progressed(claim, WORKER, progress, Instant.now()));
    }

    void settle(Claim claim, Transition transition) {
        var settled = new Settled(claim, transition);
        JobState became =
                jobs.recordStates(List.of(settled)).values().iterator().next();
        events.emit(JobEvent.settled(settled, became, WORKER, Instant.now()));
    }

    private void aBatchThatBroke() {
        var batch = aBatch().named("nightly-close")
                .with("extract-orders", own())
                .with("extract-items", own())
                .with("extract-rates", own())
                .with("clean", own(), "extract-orders", "extract-items")
                .with("convert", own(), "extract-rates", "clean")
                .with("totals", own(), "convert")
                .with("by-region-and-WAREHOUSE-of-the-month", own(), "convert")
                .with("publish", own(), "totals", "by-region-and-WAREHOUSE-of-the-month")
                .submitted();
        batches.submit(batch);
        brokenBatch = batch.id();
        for (int i = 0; i < 6; i++) {
            Claim claim = claim(batch.jobs().get(i).job().id());
            settle(claim, i == 5 ? new Transition.Fail(TIMEOUT, false) : new Transition.Succeed("{}"));
        }
    }

    private static JobFixture own() {
        return aJob().ofTask(REPORT).onQueue(QUEUE);
    }

    private void aPipeline() {
        pipeline = ((Number) post(
                        "/pipelines",
                        "{\"name\": \"orders-" + UUID.randomUUID().toString().substring(0, 4)
                                + "\", \"freshness_seconds\": 7200, \"timeliness_seconds\": 600}"))
                .longValue();
        var random = new Random(7);
        long execution = 0;
        for (int i = 0; i < 14; i++) {
            execution = ((Number) post("/pipelines/" + pipeline + "/executions", "{}")).longValue();
            long inserts = i == 12 ? 41_000 : 12_000 + random.nextInt(1_500);
            given().contentType("application/json")
                    .body("{\"status\": \"success\", \"metrics\": {\"inserts\": " + inserts + ", \"duration_seconds\": "
                            + (90 + random.nextInt(20)) + "}}")
                    .patch("/api/v1/pipelines/executions/" + execution)
                    .then()
                    .statusCode(200);
        }
        database.run(
                "INSERT INTO pipeline_anomaly VALUES ($1, 'inserts', $2, 41000, 12700, 430, 65.8, 12, now())",
                Tuple.of(execution - 1, pipeline));
    }

    private void remoteWorkflows() {
        workflowBatch = given().contentType("application/json")
                .body(
                        "{\"name\": \"simulations\", \"jobs\": [{\"name\": \"mesh\", \"payload\": {\"cells\": 200}}, {\"name\": \"solve\", \"payload\": {\"steps\": 9}}]}")
                .post("/api/v1/workflows/batches")
                .then()
                .statusCode(202)
                .extract()
                .path("batch_id");
    }

    private void schedules() {
        post(
                "/schedules",
                "{\"name\": \"nightly-report\", \"task\": \"" + REPORT
                        + "\", \"cron\": \"30 2 * * *\", \"timezone\": \"Europe/Amsterdam\", \"args\": {\"month\": \"2026-01\"}}");
        post(
                "/schedules",
                "{\"name\": \"weekly-reconciliation-of-all-ledgers-of-the-northern-region-with-their-branches\", \"task\": \""
                        + MAIL
                        + "\", \"cron\": \"15 3,9,15,21 1-15 */2 mon-fri\", \"timezone\": \"America/Argentina/ComodRivadavia\"}");
        post(
                "/schedules",
                "{\"name\": \"digest-of-what-happened-on-all-desks-of-the-northern-region-since-the-last-one\", \"task\": \""
                        + MAIL + "\", \"every\": 900}");
    }

    /** Posts it. @return the id in the answer, or its name */
    private static Object post(String path, String body) {
        var answer = given().contentType("application/json")
                .body(body)
                .post("/api/v1" + path)
                .then()
                .statusCode(201)
                .extract()
                .jsonPath();
        Object id = answer.get("id");
        return id == null ? answer.getString("name") : id;
    }
}
