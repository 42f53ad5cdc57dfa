package io.millrace.api.access;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.lang.JoseException;

/**
 * The keys that an issuer publishes (RFC 7517), remembered for a while. An issuer that does not answer leaves the keys as
 * they were: nobody is locked out by its pause.
 */
final class PublishedKeys {

    private static final Logger LOG = Logger.getLogger(PublishedKeys.class);
    private static final int LARGEST = 256 * 1024;

    /** Unknown keys may be made up; the issuer does not hear of each. */
    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(10);

    private final HttpClient client;
    private final URI url;
    private final Duration timeout;
    private final long rememberedNanos;
    private List<JsonWebKey> keys = List.of();
    private final LongSupplier nanoTime;
    private long looked;
    private boolean ever;

    /** @param nanoTime a monotonic clock */
    PublishedKeys(URI url, Duration timeout, Duration remembered, LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.client = HttpClient.newBuilder()
                .connectTimeout(timeout)
                .followRedirects(HttpClient.Redirect.NEVER)
                .build();
        this.url = url;
        this.timeout = timeout;
        this.rememberedNanos = remembered.toNanos();
    }

    /** The keys, looked up if that was long ago. Waits for the issuer, so not for an event loop. */
    synchronized List<JsonWebKey> get() {
        if (!ever || (nanoTime.getAsLong() - looked > rememberedNanos && mayLook())) {
            look();
        }
        return keys;
    }

    /** Looks for new keys, unless that was done a moment ago. @return whether it has looked */
    synchronized boolean refresh() {
        boolean may = mayLook();
        if (may) {
            look();
        }
        return may;
    }

    private boolean mayLook() {
        return !ever || nanoTime.getAsLong() - looked > BETWEEN_LOOKS.toNanos();
    }

    private void look() {
        ever = true;
        looked = nanoTime.getAsLong();
        try {
            keys = new JsonWebKeySet(fetch()).getJsonWebKeys();
        } catch (IOException | JoseException | ExecutionException | TimeoutException e) {
            LOG.warnf("the issuer's keys cannot be read url=%s: %s", url, e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private String fetch() throws IOException, ExecutionException, TimeoutException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(url)
                .timeout(timeout)
                .header("Accept", "application/json")
                .build();
        HttpResponse<byte[]> answer = client.sendAsync(
                        request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), LARGEST))
                .get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        if (answer.statusCode() != 200) {
            throw new IOException("status " + answer.statusCode());
        }
        return new String(answer.body(), StandardCharsets.UTF_8);
    }
}
