package io.millrace.trace;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.common.ComponentLoader;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.exporter.sender.jdk.internal.JdkHttpSenderProvider;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.common.export.HttpSenderProvider;
import io.opentelemetry.sdk.common.export.MemoryMode;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/** The OpenTelemetry SDK, put together by hand: a native image can neither look for its parts nor reflect on them. */
record Exporting(SdkTracerProvider provider, Tracer tracer) {

    private static final Logger LOG = Logger.getLogger(Exporting.class);
    private static final int BATCH = 512;

    static Exporting of(TraceConfig config, Sampler ratio, String service) {
        String endpoint = config.endpoint().orElseThrow().toString();
        var exporter = OtlpHttpSpanExporter.builder()
                .setEndpoint(endpoint)
                .setHeaders(config::headers)
                .setTimeout(config.timeout())
                .setConnectTimeout(config.timeout())
                // Reusing memory needs sun.misc.Unsafe.
                .setMemoryMode(MemoryMode.IMMUTABLE_DATA)
                .setComponentLoader(new Parts())
                .build();
        var processor = BatchSpanProcessor.builder(exporter)
                .setMaxQueueSize(config.queue())
                .setMaxExportBatchSize(Math.min(BATCH, config.queue()))
                .setScheduleDelay(config.interval())
                .setExporterTimeout(config.timeout())
                .build();
        var provider = SdkTracerProvider.builder()
                .setResource(Resource.create(Attributes.of(AttributeKey.stringKey("service.name"), service)))
                .setIdGenerator(new ChosenIds())
                .setSampler(Sampler.parentBased(ratio))
                .addSpanProcessor(processor)
                .build();
        LOG.infof("spans are sent to %s", endpoint);
        return new Exporting(provider, provider.get("io.millrace"));
    }

    void end(Duration timeout) {
        CompletableResultCode ended = provider.shutdown().join(timeout.toMillis(), TimeUnit.MILLISECONDS);
        if (!ended.isSuccess()) {
            LOG.warn("the last spans could not be sent");
        }
    }

    /** What the exporter would look for with a ServiceLoader. */
    private static final class Parts implements ComponentLoader {
        @Override
        public <T> Iterable<T> load(Class<T> kind) {
            return kind == HttpSenderProvider.class ? List.of(kind.cast(new JdkHttpSenderProvider())) : List.of();
        }
    }
}
