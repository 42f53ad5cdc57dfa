package io.millrace.config;

import java.util.List;

/** Every key of the configuration there is. Written by {@code make docs}: not to be edited. */
final class KnownKeys {

    private KnownKeys() {}

    static final List<String> ALL = """
            millrace.database.connection-timeout
            millrace.database.migrate-at-start
            millrace.database.start-timeout
            millrace.database.statement-timeout
            millrace.dispatch.admin-timeout
            millrace.dispatch.backlog
            millrace.dispatch.delivery-timeout
            millrace.dispatch.partitions
            millrace.dispatch.replication-factor
            millrace.http.max-body
            millrace.http.max-bulk-body
            millrace.queues.<name>.priority
            millrace.routes."<name>"
            millrace.scheduler.count-interval
            millrace.scheduler.due-interval
            millrace.scheduler.gauge-interval
            millrace.scheduler.hint-grace
            millrace.scheduler.lease
            millrace.scheduler.rescue-interval
            millrace.scheduler.sweep-interval
            millrace.submission.max-ahead
            millrace.submission.max-result-ttl
            millrace.submission.max-retries
            millrace.submission.max-retry-delay
            millrace.submission.max-time-limit
            millrace.submit.backlog
            millrace.submit.batch
            millrace.submit.bulk-in-flight
            millrace.submit.in-flight
            millrace.submit.max-bulk
            millrace.worker.concurrency
            millrace.worker.drain-timeout
            millrace.worker.heartbeat
            millrace.worker.hold-time
            millrace.worker.host
            millrace.worker.low-lane-share
            millrace.worker.queues
            millrace.worker.receivers-per-lane
            """.lines().toList();
}
