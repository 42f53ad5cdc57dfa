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
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.lang.JoseException;
import org.jspecify.annotations.Nullable;

/**
 * The keys that an issuer publishes (RFC 7517), remembered for a while. An issuer that does not answer leaves the keys as
 * they were: nobody is locked out by its pause, and one that hangs holds up who asks it, not everybody.
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
    private final LongSupplier nanoTime;
    private final ReentrantLock looking = new ReentrantLock();
    private volatile @Nullable Edition latest;

    /**
     * What the issuer had published when it was asked.
     *
     * @param number counts those that it answered with
     * @param looked when it was asked, in nanoseconds of the monotonic clock, whether or not it answered
     */
    record Edition(int number, List<JsonWebKey> keys, long looked) {}

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

    /**
     * The keys, looked up if that was long ago. Whoever is the one to look waits for the issuer, so this is not for an event
     * loop; the others go on with the keys there are, if there ever were any.
     */
    Edition get() {
        Edition known = latest;
        if (known == null) {
            looking.lock();
        } else if (!isOlder(known, rememberedNanos) || !looking.tryLock()) {
            return known;
        }
        try {
            Edition now = latest;
            return now == null || isOlder(now, BETWEEN_LOOKS.toNanos()) ? look(now) : now;
        } finally {
            looking.unlock();
        }
    }

    /**
     * Keys for somebody whose key is not among these: those that another has found meanwhile, or that are found now, unless
     * the issuer was asked a moment ago. Waits for the issuer.
     *
     * @return empty if there are none but these
     */
    Optional<Edition> after(Edition known) {
        looking.lock();
        try {
            Edition now = latest;
            if (now == null || (now.number() == known.number() && isOlder(now, BETWEEN_LOOKS.toNanos()))) {
                now = look(now);
            }
            return Optional.of(now).filter(found -> found.number() != known.number());
        } finally {
            looking.unlock();
        }
    }

    private boolean isOlder(Edition edition, long nanos) {
        return nanoTime.getAsLong() - edition.looked() > nanos;
    }

    private Edition look(@Nullable Edition before) {
        long now = nanoTime.getAsLong();
        int number = before == null ? 0 : before.number();
        Edition found = new Edition(number, before == null ? List.of() : before.keys(), now);
        try {
            found = new Edition(number + 1, new JsonWebKeySet(fetch()).getJsonWebKeys(), now);
        } catch (IOException | JoseException | ExecutionException | TimeoutException e) {
            LOG.warnf("the issuer's keys cannot be read url=%s: %s", url, e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        latest = found;
        return found;
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
