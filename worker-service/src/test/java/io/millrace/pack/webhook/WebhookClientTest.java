package io.millrace.pack.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.millrace.worker.http.Targets;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.net.PfxOptions;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The client against receivers that do not behave. */
@Timeout(120)
class WebhookClientTest {

    /** For a receiver of which nothing is to come. */
    private static final Duration SHORT = Duration.ofMillis(800);
    /** For one that answers, on a machine that does other things too. */
    private static final Duration ENOUGH = Duration.ofSeconds(20);

    private static final Map<String, String> HEADERS = Map.of("webhook-id", "1");

    private final Vertx vertx = Vertx.vertx();
    private final Map<String, List<InetAddress>> names = new HashMap<>();
    private final List<String> lookedUp = new ArrayList<>();
    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
        vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    private List<InetAddress> lookUp(String host) throws UnknownHostException {
        lookedUp.add(host);
        List<InetAddress> found = names.get(host);
        return found == null ? List.of(InetAddress.getAllByName(host)) : found;
    }

    private WebhookClient client(Targets targets, HttpClientOptions options, Duration timeout) {
        return new WebhookClient(vertx, options, targets, this::lookUp, ENOUGH, timeout);
    }

    private WebhookClient trusting() {
        return client(new Targets(true, List.of()), new HttpClientOptions(), ENOUGH);
    }

    private WebhookClient hurried() {
        return client(new Targets(true, List.of()), new HttpClientOptions(), SHORT);
    }

    private static Reply post(WebhookClient client, String url) throws InterruptedException {
        return client.post(URI.create(url), HEADERS, "{\"a\": \"ä\"}");
    }

    private static int status(Reply reply) {
        assertThat(reply).isInstanceOf(Reply.Answered.class);
        return ((Reply.Answered) reply).status();
    }

    /** Answers each connection, once the head of a request has come, with these bytes, and leaves it open. */
    private int receiver(String answer) throws IOException {
        var server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        open.add(server);
        Thread.ofVirtual().start(() -> {
            while (!server.isClosed()) {
                try {
                    Socket socket = server.accept();
                    open.add(socket);
                    Thread.ofVirtual().start(() -> answer(socket, answer));
                } catch (IOException e) {
                    return;
                }
            }
        });
        return server.getLocalPort();
    }

    private static void answer(Socket socket, String answer) {
        try {
            var head = new StringBuilder();
            InputStream in = socket.getInputStream();
            while (head.indexOf("\r\n\r\n") < 0) {
                int read = in.read();
                if (read < 0) {
                    return;
                }
                head.append((char) read);
            }
            socket.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
            socket.getOutputStream().flush();
        } catch (IOException e) {
            // The client has gone, which some of these tests want.
        }
    }

    private HttpServer http(HttpServer server, AtomicInteger seen, CompletableFuture<Map<String, String>> first) {
        server.createContext("/", exchange -> {
            seen.incrementAndGet();
            var told = new HashMap<String, String>();
            exchange.getRequestHeaders()
                    .forEach((name, values) -> told.put(name.toLowerCase(Locale.ROOT), values.getFirst()));
            told.put("method", exchange.getRequestMethod());
            told.put("uri", exchange.getRequestURI().toString());
            told.put("body", new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            first.complete(told);
            boolean redirect = exchange.getRequestURI().getPath().equals("/redirect");
            exchange.getResponseHeaders().set("Location", "/elsewhere");
            exchange.sendResponseHeaders(redirect ? 302 : 200, -1);
            exchange.close();
        });
        server.start();
        open.add(() -> server.stop(0));
        return server;
    }

    private static HttpServer plain() throws IOException {
        return HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    }

    @Test
    void aNameIsLookedUpOnceAndTheRequestKeepsIt() throws Exception {
        var first = new CompletableFuture<Map<String, String>>();
        int port = http(plain(), new AtomicInteger(), first).getAddress().getPort();
        names.put("receiver.test", List.of(InetAddress.getLoopbackAddress()));

        Reply reply = post(trusting(), "http://receiver.test:" + port + "/a/b?c=d%20e#f");

        assertThat(status(reply)).isEqualTo(200);
        assertThat(lookedUp).containsExactly("receiver.test");
        assertThat(first.get(5, TimeUnit.SECONDS))
                .containsEntry("host", "receiver.test:" + port)
                .containsEntry("method", "POST")
                .containsEntry("uri", "/a/b?c=d%20e")
                .containsEntry("webhook-id", "1")
                .containsEntry("body", "{\"a\": \"ä\"}");
    }

    @Test
    void aRedirectionIsNotFollowed() throws Exception {
        var seen = new AtomicInteger();
        int port = http(plain(), seen, new CompletableFuture<>()).getAddress().getPort();

        Reply reply = post(trusting(), "http://127.0.0.1:" + port + "/redirect");

        assertThat(status(reply)).isEqualTo(302);
        assertThat(seen).hasValue(1);
    }

    @Test
    void nothingIsSentWhereOneOfTheAddressesOfANameIsForbidden() throws Exception {
        var seen = new AtomicInteger();
        int port = http(plain(), seen, new CompletableFuture<>()).getAddress().getPort();
        names.put("mixed.test", List.of(InetAddress.ofLiteral("1.1.1.1"), InetAddress.getLoopbackAddress()));
        var strict = client(new Targets(false, List.of()), new HttpClientOptions(), ENOUGH);

        assertThat(List.of(
                        "http://mixed.test:" + port + "/",
                        "http://127.0.0.1:" + port + "/",
                        "http://localhost:" + port + "/",
                        "http://[::1]:" + port + "/",
                        "http://[::ffff:127.0.0.1]:" + port + "/",
                        "http://169.254.169.254/latest/meta-data",
                        "http://user@127.0.0.1:" + port + "/",
                        "ftp://example.org/",
                        "file:///etc/passwd"))
                .allSatisfy(url -> assertThat(post(strict, url)).isInstanceOf(Reply.Forbidden.class));
        assertThat(seen).hasValue(0);
    }

    @Test
    void theNextAddressIsTriedWhereTheFirstTakesNoConnection() throws Exception {
        int port = http(plain(), new AtomicInteger(), new CompletableFuture<>())
                .getAddress()
                .getPort();
        // Nobody listens at the second address of the loopback.
        names.put("two.test", List.of(InetAddress.ofLiteral("127.0.0.2"), InetAddress.getLoopbackAddress()));

        assertThat(status(post(trusting(), "http://two.test:" + port + "/"))).isEqualTo(200);
    }

    @Test
    void aReceiverThatHangsIsLeft() throws Exception {
        int port = receiver("");

        Reply reply = post(hurried(), "http://127.0.0.1:" + port + "/");

        assertThat(reply)
                .asInstanceOf(InstanceOfAssertFactories.type(Reply.Silent.class))
                .satisfies(silent -> assertThat(silent.why()).endsWith("in time"));
    }

    @Test
    void anAnswerIsOneAsSoonAsItsHeadIsThereHoweverLongItsBodyIs() throws Exception {
        int endless = receiver("HTTP/1.1 200 OK\r\nContent-Length: 9000000000\r\n\r\n" + "x".repeat(100_000));
        int chunked = receiver("HTTP/1.1 503 No\r\nRetry-After: 7\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n");

        assertThat(status(post(trusting(), "http://127.0.0.1:" + endless + "/")))
                .isEqualTo(200);
        assertThat(post(trusting(), "http://127.0.0.1:" + chunked + "/")).isEqualTo(new Reply.Answered(503, "7"));
    }

    @Test
    void aHeadWithoutEndIsNoAnswer() throws Exception {
        int port = receiver("HTTP/1.1 200 OK\r\n" + "X-Much: more\r\n".repeat(10_000));
        int none = receiver("SSH-2.0-OpenSSH_9\r\n\r\n");

        assertThat(post(trusting(), "http://127.0.0.1:" + port + "/")).isInstanceOf(Reply.Silent.class);
        assertThat(post(trusting(), "http://127.0.0.1:" + none + "/")).isInstanceOf(Reply.Silent.class);
    }

    @Test
    void nobodyThereIsNoAnswer() throws Exception {
        int port;
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }

        assertThat(post(trusting(), "http://127.0.0.1:" + port + "/")).isInstanceOf(Reply.Silent.class);
        assertThat(post(trusting(), "http://no-such-host.invalid/")).isInstanceOf(Reply.Silent.class);
    }

    private static Path certificate(Path folder, String host) throws Exception {
        Path store = folder.resolve(host + ".p12");
        var process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "a",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=test",
                        "-ext",
                        "SAN=dns:" + host,
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        "changeit",
                        "-keystore",
                        store.toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(store).exists();
        return store;
    }

    private static HttpServer tls(Path certificate) throws Exception {
        var store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(certificate)) {
            store.load(in, "changeit".toCharArray());
        }
        var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, "changeit".toCharArray());
        var context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        var server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context));
        return server;
    }

    @Test
    void aCertificateMustBeThatOfTheNameAndNotOfTheAddress(@TempDir Path folder) throws Exception {
        Path certificate = certificate(folder, "receiver.test");
        int port = http(tls(certificate), new AtomicInteger(), new CompletableFuture<>())
                .getAddress()
                .getPort();
        names.put("receiver.test", List.of(InetAddress.getLoopbackAddress()));
        names.put("other.test", List.of(InetAddress.getLoopbackAddress()));
        var options = new HttpClientOptions()
                .setTrustOptions(
                        new PfxOptions().setPath(certificate.toString()).setPassword("changeit"));
        var client = client(new Targets(true, List.of()), options, ENOUGH);

        assertThat(status(post(client, "https://receiver.test:" + port + "/"))).isEqualTo(200);
        assertThat(post(client, "https://other.test:" + port + "/")).isInstanceOf(Reply.Silent.class);
        assertThat(post(trusting(), "https://receiver.test:" + port + "/"))
                .as("a certificate that nobody vouches for")
                .isInstanceOf(Reply.Silent.class);
    }
}
