package io.millrace.pack.webhook;

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
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Posts to addresses that are not trusted. A name is looked up once, all that is found is judged, and the connection goes
 * to what was judged: nobody can answer the look-up of the check with one address and that of the connection with another.
 * The name stays that of the request, for {@code Host}, for TLS and for the certificate. That is why this is Vert.x'
 * client: Java's own looks names up by itself.
 *
 * <p>Redirections are not followed, and of an answer only its head is read, which is bounded.
 */
final class WebhookClient {

    /** Looks a name up. */
    interface Names {
        List<InetAddress> lookUp(String host) throws UnknownHostException;
    }

    private static final int MAX_HEAD = 16 * 1024;
    /** The number of connections is bounded by the worker's slots; nobody is to wait here for a receiver that hangs. */
    private static final int NO_POOL = 100_000;

    /** What a receiver does wrong is told as a reply, and is no error of ours; without this it would be logged as one. */
    private static final Handler<Throwable> UNHEARD = _ -> {};

    private final HttpClient client;
    private final Targets targets;
    private final Names names;
    private final Duration connectTimeout;
    private final Duration timeout;

    WebhookClient(
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

    /** Posts, and waits for the head of the answer. */
    Reply post(URI url, Map<String, String> headers, String body) throws InterruptedException {
        String scheme = url.getScheme();
        String host = url.getHost();
        if (host == null || scheme == null || !(scheme.equalsIgnoreCase("http") || scheme.equalsIgnoreCase("https"))) {
            return new Reply.Forbidden("the address is not one of http or https");
        }
        if (url.getRawUserInfo() != null) {
            return new Reply.Forbidden("the address has a user in it");
        }
        String name = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
        List<InetAddress> found;
        try {
            found = names.lookUp(name);
        } catch (UnknownHostException e) {
            return new Reply.Silent("there is no host " + name);
        }
        for (InetAddress address : found) {
            if (!targets.allow(name, address)) {
                // Not which: what a name stands for inside is nobody's business outside.
                return new Reply.Forbidden(name + " is not a public host, and callbacks to it are not allowed");
            }
        }
        boolean ssl = scheme.equalsIgnoreCase("https");
        int port = url.getPort() > 0 ? url.getPort() : ssl ? 443 : 80;
        return post(found, request(url, name, port, ssl), headers, body);
    }

    private RequestOptions request(URI url, String name, int port, boolean ssl) {
        String path = url.getRawPath() == null || url.getRawPath().isEmpty() ? "/" : url.getRawPath();
        return new RequestOptions()
                .setMethod(HttpMethod.POST)
                .setHost(name)
                .setPort(port)
                .setSsl(ssl)
                .setURI(url.getRawQuery() == null ? path : path + "?" + url.getRawQuery())
                .setFollowRedirects(false);
    }

    /** The first address that takes a connection gets the request; nothing is sent twice. */
    private Reply post(List<InetAddress> addresses, RequestOptions options, Map<String, String> headers, String body)
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
                return send(request, headers, body, deadline - System.nanoTime());
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
        return new Reply.Silent(why);
    }

    private static Reply send(HttpClientRequest request, Map<String, String> headers, String body, long nanos)
            throws InterruptedException {
        headers.forEach(request::putHeader);
        request.exceptionHandler(UNHEARD);
        request.connection().exceptionHandler(UNHEARD);
        Future<Reply> answered = request.send(body).map(response -> {
            response.exceptionHandler(UNHEARD);
            return new Reply.Answered(response.statusCode(), response.getHeader("Retry-After"));
        });
        try {
            return await(answered, nanos);
        } catch (ExecutionException e) {
            return new Reply.Silent("no answer: " + told(e.getCause()));
        } catch (TimeoutException e) {
            return new Reply.Silent("no answer in time");
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
