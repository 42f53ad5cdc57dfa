package io.millrace.testing;

import static io.millrace.testing.Soon.soon;

import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;

/** An OpenTelemetry collector that keeps the spans it is sent, by OTLP over HTTP in Protobuf, for a test to look at. */
public final class FakeCollector implements AutoCloseable {

    /** What a test wants to know of a span. */
    public record Received(
            String name,
            String traceId,
            String spanId,
            String parentId,
            String kind,
            boolean failed,
            long startNanos,
            long endNanos,
            Map<String, String> attributes,
            List<String> events) {

        static Received of(Span span) {
            return new Received(
                    span.getName(),
                    hex(span.getTraceId().toByteArray()),
                    hex(span.getSpanId().toByteArray()),
                    hex(span.getParentSpanId().toByteArray()),
                    span.getKind().name(),
                    span.getStatus().getCodeValue() == 2,
                    span.getStartTimeUnixNano(),
                    span.getEndTimeUnixNano(),
                    span.getAttributesList().stream()
                            .collect(Collectors.toMap(
                                    each -> each.getKey(),
                                    each -> each.getValue().hasIntValue()
                                            ? Long.toString(each.getValue().getIntValue())
                                            : each.getValue().getStringValue())),
                    span.getEventsList().stream().map(Span.Event::getName).toList());
        }

        private static String hex(byte[] bytes) {
            return HexFormat.of().formatHex(bytes);
        }
    }

    private final HttpServer server;
    private final List<Received> spans = new CopyOnWriteArrayList<>();
    private final List<String> secrets = new CopyOnWriteArrayList<>();

    /** @param port 0 for any */
    public FakeCollector(int port) {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/v1/traces", exchange -> {
            boolean gzip = "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"));
            try (InputStream body = gzip ? new GZIPInputStream(exchange.getRequestBody()) : exchange.getRequestBody()) {
                ExportTraceServiceRequest.parseFrom(body).getResourceSpansList().stream()
                        .flatMap(resource -> resource.getScopeSpansList().stream())
                        .flatMap(scope -> scope.getSpansList().stream())
                        .map(Received::of)
                        .forEach(spans::add);
            }
            Optional.ofNullable(exchange.getRequestHeaders().getFirst("x-test")).ifPresent(secrets::add);
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        server.start();
    }

    /** Where to send spans to. */
    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/v1/traces");
    }

    /** What was sent as the header {@code x-test}. */
    public List<String> headers() {
        return secrets;
    }

    public List<Received> spans() {
        return spans;
    }

    /** The one span of this kind, as soon as it is there. */
    public Received await(Predicate<Received> wanted) {
        return soon().until(() -> spans.stream().filter(wanted).findFirst(), Optional::isPresent)
                .orElseThrow();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
