package io.millrace.api.problem;

import java.util.Locale;

/** Every way in which a request can fail, with its HTTP status. The lower-case name is the stable {@code code}. */
public enum ProblemCode {
    BAD_REQUEST(400, "The request cannot be understood"),
    MALFORMED_JSON(400, "The body is not JSON"),
    UNAUTHENTICATED(401, "The request needs a credential"),
    FORBIDDEN(403, "The caller may not do this"),
    PROJECT_FORBIDDEN(403, "The caller has no access to this project"),
    FOREIGN_ORIGIN(403, "A page of another origin may not ask for this"),
    NOT_FOUND(404, "There is nothing at this address"),
    JOB_NOT_FOUND(404, "There is no such job"),
    UNKNOWN_TASK(404, "There is no such task"),
    QUEUE_NOT_FOUND(404, "There is no such queue"),
    LIMIT_NOT_FOUND(404, "There is no such limit"),
    BATCH_NOT_FOUND(404, "There is no such batch"),
    CONFIG_NOT_FOUND(404, "There is no such configuration"),
    CALL_NOT_FOUND(404, "There is no such call"),
    DOCUMENT_NOT_FOUND(404, "There is no such document"),
    CALLBACK_NOT_FOUND(404, "There is no such callback"),
    WORKER_NOT_FOUND(404, "There is no such worker"),
    SCHEDULE_NOT_FOUND(404, "There is no such schedule"),
    PIPELINE_NOT_FOUND(404, "There is no such pipeline"),
    EXECUTION_NOT_FOUND(404, "There is no such execution"),
    INDEX_NOT_FOUND(404, "There is no such index"),
    REPORT_NOT_FOUND(404, "There is no such report"),
    KEY_NOT_FOUND(404, "There is no such key"),
    STEM_NOT_FOUND(404, "There is no such stem"),
    RESULT_EXPIRED(404, "The result is no longer kept"),
    METHOD_NOT_ALLOWED(405, "This address does not know the method"),
    NOT_ACCEPTABLE(406, "The answer has no such representation"),
    JOB_NOT_FINISHED(409, "The job has not ended yet"),
    JOB_FAILED(409, "The job has failed and has no result"),
    JOB_REVOKED(409, "The job was revoked and has no result"),
    JOB_ALREADY_FINISHED(409, "The job has finished"),
    JOB_NOT_UNIQUE(409, "Another job has the place of this one"),
    WORKER_NOT_ALIVE(409, "The worker is leaving or has gone"),
    JOB_NOT_FAILED(409, "Only a failed or revoked job can run again"),
    SCHEDULE_EXISTS(409, "There is a schedule of this name"),
    PIPELINE_EXISTS(409, "There is a pipeline of this name"),
    EXECUTION_ALREADY_FINISHED(409, "The execution has finished, otherwise"),
    BATCH_ALREADY_FINISHED(409, "The batch has finished"),
    BATCH_NOT_FAILED(409, "Nothing of the batch has failed or was cancelled"),
    CALLBACK_UNDER_WAY(409, "The callback is being delivered"),
    KEY_REVOKED(409, "The key was revoked"),
    PAYLOAD_TOO_LARGE(413, "The body is too large"),
    TOO_MANY_JOBS(413, "Too many jobs in one request"),
    BATCH_TOO_LARGE(413, "Too many jobs or dependencies in one batch"),
    UNSUPPORTED_MEDIA_TYPE(415, "The body has an unknown content type"),
    NOT_AUDIO(415, "The file is no sound that is read here"),
    RANGE_NOT_SATISFIABLE(416, "There are no such bytes"),
    INVALID_REQUEST(422, "The request has invalid fields"),
    UNKNOWN_FIELD(422, "The request has unknown fields"),
    INVALID_ARGS(422, "The arguments do not fit the task"),
    EMPTY_AUDIO(422, "There is nothing in the file"),
    CORRUPT_AUDIO(422, "The file is broken"),
    IDEMPOTENCY_KEY_REUSED(422, "The idempotency key belongs to another submission"),
    BULK_REJECTED(422, "Not every job is good, so none was accepted"),
    BATCH_REJECTED(422, "Not every job of the batch is good, so none was accepted"),
    INVALID_GRAPH(422, "The jobs do not form a graph without cycles"),
    TOO_MANY_REQUESTS(429, "Too many requests"),
    INTERNAL_ERROR(500, "Something went wrong"),
    OVERLOADED(503, "Too many submissions wait"),
    TOO_MANY_SUBSCRIBERS(503, "Too many watch events already"),
    STORAGE_UNAVAILABLE(503, "The storage of files does not answer"),
    STORE_UNAVAILABLE(503, "The database does not answer");

    private final int status;
    private final String title;

    ProblemCode(int status, String title) {
        this.status = status;
        this.title = title;
    }

    public int status() {
        return status;
    }

    public String title() {
        return title;
    }

    /** The code as the wire has it. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
