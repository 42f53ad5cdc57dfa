package io.millrace.worker.http;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import java.net.http.HttpRequest;
import java.util.Optional;

/** The W3C header that tells whoever is called where in its trace the current run is. */
public final class TraceHeader {

    public static final String NAME = "traceparent";

    private TraceHeader() {}

    /** What it says on the thread of a run; empty where the run is in no trace. */
    public static Optional<String> current() {
        SpanContext here = Span.current().getSpanContext();
        return here.isValid()
                ? Optional.of("00-" + here.getTraceId() + "-" + here.getSpanId() + "-"
                        + here.getTraceFlags().asHex())
                : Optional.empty();
    }

    /** A request with the header, unless it has one or there is nothing to say. */
    public static HttpRequest on(HttpRequest request) {
        return request.headers().firstValue(NAME).isPresent()
                ? request
                : current()
                        .map(here -> HttpRequest.newBuilder(request, (_, _) -> true)
                                .header(NAME, here)
                                .build())
                        .orElse(request);
    }
}
