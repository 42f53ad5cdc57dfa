package io.millrace.pack.webhook;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.micrometer.core.instrument.MeterRegistry;
import io.millrace.callback.Callback;
import io.millrace.store.BatchStore;
import io.millrace.store.CallbackStore;
import io.millrace.store.JobQueries;
import io.millrace.worker.http.Targets;
import io.millrace.worker.http.TraceHeader;
import io.millrace.worker.task.PermanentFailure;
import io.millrace.worker.task.RetryAfter;
import io.millrace.worker.task.Task;
import io.millrace.worker.task.TaskContext;
import io.millrace.worker.task.TaskFailure;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientOptions;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import jakarta.validation.constraints.NotNull;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jboss.logging.Logger;

/** Tells whoever named an address that a job or a batch has ended. */
@Singleton
class WebhookTasks {

    private static final Logger LOG = Logger.getLogger(WebhookTasks.class);

    private final CallbackStore callbacks;
    private final JobQueries jobs;
    private final BatchStore batches;
    private final Signatures signatures;
    private final boolean allowUnsigned;
    private final CallbackBody bodies;
    private final WebhookClient client;
    private final MeterRegistry metrics;
    private final Clock clock;

    WebhookTasks(
            CallbackStore callbacks,
            JobQueries jobs,
            BatchStore batches,
            WebhookConfig config,
            Vertx vertx,
            MeterRegistry metrics,
            Clock clock) {
        this.callbacks = callbacks;
        this.jobs = jobs;
        this.batches = batches;
        this.signatures = new Signatures(config.secrets().orElse(List.of()));
        this.allowUnsigned = config.allowUnsigned();
        this.bodies = new CallbackBody(
                config.maxResult().asLongValue(),
                config.apiUrl().orElse(""),
                config.resultAsData().orElse(Set.of()));
        this.client = new WebhookClient(
                vertx,
                new HttpClientOptions(),
                new Targets(config.allowPrivate(), config.allow().orElse(List.of())),
                host -> List.of(InetAddress.getAllByName(host)),
                config.connectTimeout(),
                config.timeout());
        this.metrics = metrics;
        this.clock = clock;
    }

    /** A setting that is no good is found when the worker starts, and not with the first callback. */
    void begin(@Observes StartupEvent event) {
        if (signatures.none()) {
            LOG.infof(
                    "there is no millrace.webhooks.secrets: callbacks are %s",
                    allowUnsigned ? "sent unsigned" : "not sent");
        }
    }

    @RegisterForReflection(registerFullHierarchy = true)
    record Which(@NotNull UUID callbackId) {}

    /** @param status what the receiver answered */
    @RegisterForReflection(registerFullHierarchy = true)
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Delivery(String url, int status) {}

    /** Twelve tries more, over most of a day. */
    @Task(
            name = "deliver_callback",
            queue = "webhooks",
            maxRetries = 12,
            retryDelay = "10s",
            retryFactor = 3,
            retryCap = "4h",
            softTimeLimit = "60s",
            timeLimit = "90s",
            resultTtl = "24h")
    Delivery deliver(Which args, TaskContext context) throws InterruptedException {
        Callback callback = callbacks
                .get(args.callbackId())
                .filter(found -> found.deliveryId().equals(context.jobId()))
                .orElseThrow(() -> new PermanentFailure("there is no callback " + args.callbackId() + " for this job"));
        if (callback.deliveredAt() != null && callback.lastStatus() != null) {
            // A run before this one has delivered it, and was lost before its end was recorded.
            return new Delivery(callback.url(), callback.lastStatus());
        }
        return switch (attempt(callback)) {
            case Verdict.Delivered(int status) -> {
                callbacks.record(callback.id(), context.jobId(), status, null);
                count("delivered");
                yield new Delivery(callback.url(), status);
            }
            case Verdict.Later later -> {
                callbacks.record(callback.id(), context.jobId(), later.status(), later.why());
                count("failed");
                throw later.pause() == null
                        ? new TaskFailure("CallbackNotDelivered", later.why())
                        : new RetryAfter(later.why(), later.pause());
            }
            case Verdict.Never never -> {
                callbacks.record(callback.id(), context.jobId(), never.status(), never.why());
                count("refused");
                throw new PermanentFailure(never.why());
            }
        };
    }

    private void count(String outcome) {
        metrics.counter("millrace.callbacks", "outcome", outcome).increment();
    }

    private Verdict attempt(Callback callback) throws InterruptedException {
        if (signatures.none() && !allowUnsigned) {
            return new Verdict.Later(null, "there is no secret to sign it with (millrace.webhooks.secrets)", null);
        }
        URI url;
        try {
            url = new URI(callback.url());
        } catch (URISyntaxException e) {
            return new Verdict.Never(null, "the address is not one of http or https");
        }
        Instant now = clock.instant();
        String body = body(callback, now);
        return Verdict.of(client.post(url, headers(callback, body, now), body), clock.instant());
    }

    private String body(Callback callback, Instant now) {
        UUID job = callback.jobId();
        UUID batch = callback.batchId();
        if (job != null) {
            return bodies.ofJob(callback, jobs.get(job).orElse(null), now);
        }
        return bodies.ofBatch(
                callback, batch == null ? null : batches.get(batch).orElse(null));
    }

    private Map<String, String> headers(Callback callback, String body, Instant now) {
        String id = callback.id().toString();
        var headers = new LinkedHashMap<String, String>();
        headers.put("Content-Type", "application/json");
        headers.put("User-Agent", "Millrace");
        TraceHeader.current().ifPresent(trace -> headers.put(TraceHeader.NAME, trace));
        headers.put("webhook-id", id);
        headers.put("webhook-timestamp", Long.toString(now.getEpochSecond()));
        if (!signatures.none()) {
            headers.put("webhook-signature", signatures.of(id, now, body));
        }
        return headers;
    }
}
