package io.millrace.trace;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** Traces; docs/observability.md says what they show. */
@ConfigMapping(prefix = "millrace.tracing")
public interface TraceConfig {

    /**
     * Where spans are sent, by OTLP over HTTP in Protobuf: the whole address, such as
     * `http://collector:4318/v1/traces`. Without it no spans are made; a trace id is carried along in any case.
     */
    Optional<URI> endpoint();

    /**
     * Where a trace can be looked at, with `{trace_id}` where its id belongs, such as
     * `http://jaeger:16686/trace/{trace_id}`: the dashboard leads there from each job.
     */
    Optional<String> link();

    /** Headers sent along with spans, such as `millrace.tracing.headers.authorization` for a hosted collector. */
    Map<String, String> headers();

    /**
     * Which share of the traces that begin here is recorded, from 0 to 1. The trace id decides, so all services agree; who
     * submits with a `traceparent` has decided already.
     */
    @WithDefault("1.0")
    double ratio();

    /** How many finished spans wait to be sent, at most; what comes beyond is dropped. */
    @WithDefault("8192")
    int queue();

    /** How long finished spans are gathered before they are sent. */
    @WithDefault("2s")
    Duration interval();

    /** How long sending may take, and the service's end may wait for what is left. */
    @WithDefault("5s")
    Duration timeout();
}
