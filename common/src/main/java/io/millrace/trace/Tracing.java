package io.millrace.trace;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.net.URI;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;

/**
 * Makes spans, where a collector is configured. Where none is, {@link #on} is false, nobody asks for a span, and nothing
 * is made; what a row keeps of its trace travels on all the same.
 */
@Singleton
public class Tracing {

    private final TraceConfig config;
    private final RatioSampler sampler;
    private final String service;
    private final boolean on;
    private final Optional<String> link;
    private volatile @Nullable Exporting exporting;

    @Inject
    Tracing(TraceConfig config, @ConfigProperty(name = "quarkus.application.name") String service) {
        this.config = config;
        this.sampler = RatioSampler.of(config.ratio());
        this.service = service;
        this.on = config.endpoint().isPresent();
        this.link = checked(config.link());
    }

    /** What stands in a link where the trace's id belongs. */
    private static final String ID = "{trace_id}";

    private static Optional<String> checked(Optional<String> link) {
        link.ifPresent(address -> {
            if (!address.matches("https?://[^\\s]+") || !address.contains(ID)) {
                throw new IllegalArgumentException("millrace.tracing.link must be an http or https address with " + ID
                        + " in it, and is " + address);
            }
        });
        return link;
    }

    /**
     * Where a job's trace can be looked at, whether or not it was recorded.
     *
     * @param shown the job's trace id as it is shown, null for none of its own
     * @return empty where nobody has said where traces are looked at
     */
    public Optional<URI> link(@Nullable String shown, UUID jobId) {
        return link.map(address -> URI.create(address.replace(ID, TraceContext.traceIdOf(shown, jobId))));
    }

    /** Whether spans are made at all. */
    public boolean on() {
        return on;
    }

    /**
     * Where a run of a job is in its trace, the same for whoever asks in whichever process.
     *
     * @param kept what the job's row keeps
     * @return null where it is in none: nothing is exported, and whoever submitted named no {@code traceparent}
     */
    public @Nullable TraceContext ofRun(@Nullable String kept, UUID jobId, int claimSeq) {
        TraceContext parent = TraceContext.parse(kept).orElse(null);
        if (parent != null) {
            // Without spans of our own, what is called from a run hangs below whoever has submitted its job.
            return on && parent.sampled()
                    ? new TraceContext(parent.traceId(), TraceContext.runSpan(jobId, claimSeq), true)
                    : parent;
        }
        if (!on) {
            return null;
        }
        String traceId = TraceContext.traceIdOf(kept, jobId);
        return new TraceContext(traceId, TraceContext.runSpan(jobId, claimSeq), sampler.samples(traceId));
    }

    /**
     * Begins a span below what a row or a header says, or at the top of a trace.
     *
     * @param parent null for the first of its trace
     * @param traceId of a trace that begins here, null for a new one
     */
    public Span begin(String name, SpanKind kind, @Nullable TraceContext parent, @Nullable String traceId, Instant at) {
        SpanBuilder span = builder(name, kind, parent, at);
        return parent != null || traceId == null
                ? span.startSpan()
                : ChosenIds.choosing(traceId, null, span::startSpan);
    }

    /**
     * Begins a span of a job, below what its row keeps.
     *
     * @param itself where it is, if others must know; its parent is what the row keeps
     */
    public Span beginOf(
            @Nullable String kept, UUID jobId, String name, SpanKind kind, @Nullable TraceContext itself, Instant at) {
        TraceContext parent = TraceContext.parse(kept).orElse(null);
        String traceId = parent == null ? TraceContext.traceIdOf(kept, jobId) : parent.traceId();
        return ChosenIds.choosing(
                traceId,
                itself == null ? null : itself.spanId(),
                () -> builder(name, kind, parent, at).startSpan());
    }

    private SpanBuilder builder(String name, SpanKind kind, @Nullable TraceContext parent, Instant at) {
        SpanBuilder span = tracer().spanBuilder(name).setSpanKind(kind).setStartTimestamp(at);
        return parent == null
                ? span.setNoParent()
                : span.setParent(Context.root().with(remote(parent)));
    }

    /** A span that is somewhere else, to be the parent of others or to be told to whoever is called. */
    public static Span remote(TraceContext context) {
        return Span.wrap(SpanContext.createFromRemoteParent(
                context.traceId(),
                context.spanId(),
                context.sampled() ? TraceFlags.getSampled() : TraceFlags.getDefault(),
                TraceState.getDefault()));
    }

    /** What a span is called outside. */
    public static TraceContext contextOf(Span span) {
        SpanContext context = span.getSpanContext();
        return new TraceContext(context.getTraceId(), context.getSpanId(), context.isSampled());
    }

    /** Made with the first span: a child process, which makes none, has none of its threads. */
    private Tracer tracer() {
        Exporting now = exporting;
        if (now == null) {
            synchronized (this) {
                now = exporting;
                if (now == null) {
                    now = Exporting.of(config, sampler, service);
                    exporting = now;
                }
            }
        }
        return now.tracer();
    }

    /** Sends what is left, as far as there is time. */
    @PreDestroy
    void end() {
        Exporting now = exporting;
        if (now != null) {
            now.end(config.timeout());
        }
    }
}
