package io.millrace.scheduler.alert;

import io.millrace.alert.AlertMessage;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * POSTs messages to an address. The address is a secret (whoever knows a Slack webhook's can write there), so neither it
 * nor anything that might contain it leaves this class: not in errors, not in logs.
 */
final class WebhookChannel implements AlertChannel {

    private static final int TOO_MANY_REQUESTS = 429;
    private static final int UNAVAILABLE = 503;

    private final HttpClient client;
    private final URI address;
    private final @Nullable String authorization;
    private final WebhookBody body;
    private final Duration timeout;

    WebhookChannel(HttpClient client, URI address, @Nullable String authorization, WebhookBody body, Duration timeout) {
        this.client = client;
        this.address = address;
        this.authorization = authorization;
        this.body = body;
        this.timeout = timeout;
    }

    /** A client for any number of channels. It follows no redirection: the address is what somebody has configured. */
    static HttpClient client(Duration connectTimeout) {
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(Redirect.NEVER)
                .connectTimeout(connectTimeout)
                .build();
    }

    @Override
    public Sent send(UUID id, AlertMessage message) {
        var request = HttpRequest.newBuilder(address)
                .timeout(timeout)
                .header("Content-Type", "application/json; charset=utf-8")
                .header("User-Agent", "millrace")
                .POST(BodyPublishers.ofString(body.of(id, message)));
        if (authorization != null) {
            request.header("Authorization", authorization);
        }
        try {
            return answered(client.send(request.build(), _ -> new Unread()));
        } catch (HttpConnectTimeoutException e) {
            return new Sent.Failed("no connection in time", null);
        } catch (HttpTimeoutException e) {
            return new Sent.Failed("no answer within " + timeout, null);
        } catch (IOException e) {
            // Only its kind: its message may name the address.
            return new Sent.Failed("no answer: " + e.getClass().getSimpleName(), null);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Sent.Failed("interrupted", null);
        }
    }

    private static Sent answered(HttpResponse<Boolean> response) {
        int status = response.statusCode();
        if (status >= 200 && status < 300) {
            return new Sent.Arrived();
        }
        Duration retryAfter = status == TOO_MANY_REQUESTS || status == UNAVAILABLE
                ? response.headers()
                        .firstValue("Retry-After")
                        .map(WebhookChannel::seconds)
                        .orElse(null)
                : null;
        return new Sent.Failed("answered with HTTP status " + status, retryAfter);
    }

    /** A Retry-After that is a date, or nonsense, says nothing: our own wait is good enough. */
    private static @Nullable Duration seconds(String text) {
        return text.matches("\\d{1,6}") ? Duration.ofSeconds(Long.parseLong(text)) : null;
    }

    @Override
    public String toString() {
        return "a webhook";
    }

    /** The status says all there is to know. The body may be endless, so not one byte of it is asked for. */
    private static final class Unread implements BodySubscriber<Boolean> {
        @Override
        public CompletionStage<Boolean> getBody() {
            return CompletableFuture.completedFuture(true);
        }

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            subscription.cancel();
        }

        @Override
        public void onNext(List<ByteBuffer> item) {
            // Nothing was asked for.
        }

        @Override
        public void onError(Throwable throwable) {
            // The status has been read.
        }

        @Override
        public void onComplete() {
            // Nothing waits for it.
        }
    }
}
