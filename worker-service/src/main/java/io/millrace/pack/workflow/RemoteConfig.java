package io.millrace.pack.workflow;

import io.millrace.workflow.WorkflowStatus;
import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** The HTTP API that runs workflows for us. */
@ConfigMapping(prefix = "millrace.workflow.remote")
interface RemoteConfig {

    /** Where it is, such as {@code https://risk.example.com}. Without it every submission fails. */
    Optional<URI> baseUrl();

    /** The header that says who we are. */
    @WithDefault("Authorization")
    String credentialsHeader();

    /** What that header says, such as {@code Bearer <token>}; a secret, best given in the environment. Empty for none. */
    Optional<String> credentials();

    /** Where a workflow is submitted, by POST, with the job's payload as the body. */
    @WithDefault("/v1/workflows")
    String submitPath();

    /** Where a workflow is polled, by GET; {@code {workflow_id}} stands for its id. */
    @WithDefault("/v1/workflows/{workflow_id}")
    String pollPath();

    /** Where a workflow is cancelled, with {@code cancel-method}; {@code {workflow_id}} stands for its id. */
    @WithDefault("/v1/workflows/{workflow_id}/cancel")
    String cancelPath();

    /** The HTTP method that cancels, {@code POST} or {@code DELETE}. */
    @WithDefault("POST")
    String cancelMethod();

    /** The header that carries a submission's key, which is the same for every try of it. */
    @WithDefault("Idempotency-Key")
    String idempotencyHeader();

    /** The field of an answer that has the workflow's id. */
    @WithDefault("workflow_id")
    String workflowIdField();

    /** The field of an answer that has the workflow's status. */
    @WithDefault("status")
    String statusField();

    /** The field of an answer that has the progress, 0 to 100. */
    @WithDefault("progress")
    String progressField();

    /** The field of an answer that has a message for people. */
    @WithDefault("message")
    String messageField();

    /**
     * What the remote side's words for a status mean, such as {@code status.cooking=RUNNING}. Usual words, such as
     * {@code queued}, {@code running}, {@code finished}, {@code error} and {@code canceled}, need not be named.
     */
    Map<String, WorkflowStatus> status();

    /** How long a connection may take. */
    @WithDefault("2s")
    Duration connectTimeout();

    /** How long a whole call may take, from its first byte to its last. */
    @WithDefault("10s")
    Duration readTimeout();

    /** The largest answer that is read. */
    @WithDefault("256K")
    MemorySize maxAnswer();

    /** How many calls one worker makes at once; what comes beyond waits about a second, as a job, not as a thread. */
    @WithDefault("64")
    int maxConcurrentCalls();

    /** Over how many calls the circuit breaker looks. */
    @WithDefault("20")
    int breakerWindow();

    /** Which part of them must have failed (no answer, or HTTP 5xx) for the circuit to open, 0 to 1. */
    @WithDefault("0.75")
    double breakerRatio();

    /** How long an open circuit lets nothing through. */
    @WithDefault("10s")
    Duration breakerDelay();
}
