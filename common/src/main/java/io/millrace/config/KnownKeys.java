package io.millrace.config;

import java.util.List;

/** Every key of the configuration there is. Written by {@code make docs}: not to be edited. */
final class KnownKeys {

    private KnownKeys() {}

    static final List<String> ALL = """
            millrace.batch.max-dependencies
            millrace.batch.max-jobs
            millrace.database.connection-timeout
            millrace.database.migrate-at-start
            millrace.database.start-timeout
            millrace.database.statement-timeout
            millrace.dispatch.admin-timeout
            millrace.dispatch.backlog
            millrace.dispatch.delivery-timeout
            millrace.dispatch.partitions
            millrace.dispatch.replication-factor
            millrace.event-streams.buffer
            millrace.event-streams.grace
            millrace.event-streams.heartbeat
            millrace.event-streams.linger
            millrace.event-streams.look
            millrace.event-streams.look-back
            millrace.event-streams.max
            millrace.event-streams.open-timeout
            millrace.events.backlog
            millrace.events.delivery-timeout
            millrace.events.enabled
            millrace.events.gather
            millrace.events.include
            millrace.events.partitions
            millrace.events.retention
            millrace.events.retention-size
            millrace.fleet.max-concurrency
            millrace.http.max-body
            millrace.http.max-bulk-body
            millrace.queues.<name>.priority
            millrace.routes."<name>"
            millrace.scheduler.call-interval
            millrace.scheduler.count-interval
            millrace.scheduler.due-interval
            millrace.scheduler.gauge-interval
            millrace.scheduler.hint-grace
            millrace.scheduler.idle-call-interval
            millrace.scheduler.lease
            millrace.scheduler.misfire-grace
            millrace.scheduler.rescue-interval
            millrace.scheduler.schedule-interval
            millrace.scheduler.submission-interval
            millrace.scheduler.sweep-interval
            millrace.scheduler.ticks-kept
            millrace.schedules.<name>.args
            millrace.schedules.<name>.at
            millrace.schedules.<name>.cron
            millrace.schedules.<name>.enabled
            millrace.schedules.<name>.every
            millrace.schedules.<name>.misfire
            millrace.schedules.<name>.misfire-limit
            millrace.schedules.<name>.overlap
            millrace.schedules.<name>.priority
            millrace.schedules.<name>.queue
            millrace.schedules.<name>.starts-at
            millrace.schedules.<name>.task
            millrace.schedules.<name>.timezone
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
            millrace.worker.autoscale
            millrace.worker.autoscale-idle
            millrace.worker.autoscale-memory
            millrace.worker.concurrency
            millrace.worker.drain-timeout
            millrace.worker.heartbeat
            millrace.worker.hold-time
            millrace.worker.host
            millrace.worker.isolation.command
            millrace.worker.isolation.heap
            millrace.worker.isolation.idle-time
            millrace.worker.isolation.jvm-options
            millrace.worker.isolation.max-children
            millrace.worker.isolation.max-memory-per-child
            millrace.worker.isolation.max-message
            millrace.worker.isolation.max-tasks-per-child
            millrace.worker.isolation.min-children
            millrace.worker.isolation.start-timeout
            millrace.worker.limits
            millrace.worker.low-lane-share
            millrace.worker.queues
            millrace.worker.receivers-per-lane
            millrace.worker.recycle.above-memory
            millrace.worker.recycle.after-jobs
            millrace.worker.recycle.stuck-for
            millrace.worker.recycle.stuck-threads
            """.lines().toList();
}
