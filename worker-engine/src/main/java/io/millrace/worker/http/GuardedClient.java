package io.millrace.worker.http;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Calls addresses that are not trusted. A name is looked up once, all that is found is judged, and the connection goes to
 * what was judged: nobody can answer the look-up of the check with one address and that of the connection with another.
 * The name stays that of the request, for {@code Host}, for TLS and for the certificate. That is why this is Vert.x'
 * client: Java's own looks names up by itself.
 *
 * <p>Redirections are not followed; the head of an answer is bounded, and of its body only what is asked for is read.
 */
public final class GuardedClient {

    /** Looks a name up. */
    public interface Names {
        List<InetAddress> lookUp(String host) throws UnknownHostException;
    }

    private static final int MAX_HEAD = 16 * 1024;
    /** The number of connections is bounded by the worker's slots; nobody is to wait here for a host that hangs. */
    private static final int NO_POOL = 100_000;

    /** What the other side does wrong is told as a contact, and is no error of ours; without this it would be logged as one. */
    public static final Handler<Throwable> UNHEARD = _ -> {};

    private final HttpClient client;
    private final Targets targets;
    private final Names names;
    private final Duration connectTimeout;
    private final Duration timeout;

    /**
     * @param connectTimeout for a connection, its TLS included
     * @param timeout for all of a call
     */
    public GuardedClient(
            Vertx vertx,
            HttpClientOptions options,
            Targets targets,
            Names names,
            Duration connectTimeout,
            Duration timeout) {
        this.client = vertx.createHttpClient(options.setKeepAlive(false)
                .setMaxPoolSize(NO_POOL)
                .setConnectTimeout(millis(connectTimeout))
                .setSslHandshakeTimeout(connectTimeout.toMillis())
                .setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS)
                .setMaxHeaderSize(MAX_HEAD)
                .setVerifyHost(true)
                .setForceSni(true));
        this.targets = targets;
        this.names = names;
        this.connectTimeout = connectTimeout;
        this.timeout = timeout;
    }

    private static int millis(Duration duration) {
        return Math.toIntExact(duration.toMillis());
    }

    /**
     * Calls, and waits for as much of the answer as is asked for.
     *
     * @param exchange sends the request and reads of the answer what is wanted; when that is there, or the time is over,
     *     the connection is closed
     */
    public <T> Contact<T> call(HttpMethod method, URI url, Function<HttpClientRequest, Future<T>> exchange)
            throws InterruptedException {
        String scheme = url.getScheme();
        String host = url.getHost();
        if (host == null || scheme == null || !(scheme.equalsIgnoreCase("http") || scheme.equalsIgnoreCase("https"))) {
            return new Contact.Forbidden<>("the address is not one of http or https");
        }
        if (url.getRawUserInfo() != null) {
            return new Contact.Forbidden<>("the address has a user in it");
        }
        String name = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
        List<InetAddress> found;
        try {
            found = names.lookUp(name);
        } catch (UnknownHostException e) {
            return new Contact.Silent<>("there is no host " + name);
        }
        for (InetAddress address : found) {
            if (!targets.allow(name, address)) {
                // Not which: what a name stands for inside is nobody's business outside.
                return new Contact.Forbidden<>(name + " is not a public host, and calls to it are not allowed");
            }
        }
        boolean ssl = scheme.equalsIgnoreCase("https");
        int port = url.getPort() > 0 ? url.getPort() : ssl ? 443 : 80;
        return call(found, request(method, url, name, port, ssl), exchange);
    }

    private static RequestOptions request(HttpMethod method, URI url, String name, int port, boolean ssl) {
        String path = url.getRawPath() == null || url.getRawPath().isEmpty() ? "/" : url.getRawPath();
        return new RequestOptions()
                .setMethod(method)
                .setHost(name)
                .setPort(port)
                .setSsl(ssl)
                .setURI(url.getRawQuery() == null ? path : path + "?" + url.getRawQuery())
                .setFollowRedirects(false);
    }

    /** The first address that takes a connection gets the request; nothing is sent twice. */
    private <T> Contact<T> call(
            List<InetAddress> addresses, RequestOptions options, Function<HttpClientRequest, Future<T>> exchange)
            throws InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        String why = "";
        for (InetAddress address : addresses) {
            var pinned = new RequestOptions(options)
                    .setServer(SocketAddress.inetSocketAddress(options.getPort(), address.getHostAddress()));
            Future<HttpClientRequest> connected = client.request(pinned);
            try {
                long left = Math.min(connectTimeout.toNanos() * 2, deadline - System.nanoTime());
                HttpClientRequest request = await(connected, left);
                return send(request, exchange, deadline - System.nanoTime());
            } catch (ExecutionException e) {
                why = "no connection: " + told(e.getCause());
            } catch (TimeoutException e) {
                why = "no connection in time";
                abandon(connected);
            } catch (InterruptedException e) {
                abandon(connected);
                throw e;
            }
        }
        return new Contact.Silent<>(why);
    }

    private static <T> Contact<T> send(
            HttpClientRequest request, Function<HttpClientRequest, Future<T>> exchange, long nanos)
            throws InterruptedException {
        request.exceptionHandler(UNHEARD);
        request.connection().exceptionHandler(UNHEARD);
        Future<T> answered = exchange.apply(request);
        try {
            return new Contact.Answered<>(await(answered, nanos));
        } catch (ExecutionException e) {
            return new Contact.Silent<>("no answer: " + told(e.getCause()));
        } catch (TimeoutException e) {
            return new Contact.Silent<>("no answer in time");
        } finally {
            // Closes the connection, however much of a body is still to come.
            request.reset();
        }
    }

    private static void abandon(Future<HttpClientRequest> connected) {
        connected.onSuccess(HttpClientRequest::reset);
    }

    private static String told(@Nullable Throwable cause) {
        return cause == null || cause.getMessage() == null ? String.valueOf(cause) : cause.getMessage();
    }

    private static <T> T await(Future<T> future, long nanos)
            throws InterruptedException, ExecutionException, TimeoutException {
        return future.toCompletionStage().toCompletableFuture().get(Math.max(nanos, 1), TimeUnit.NANOSECONDS);
    }
}
