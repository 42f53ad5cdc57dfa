package io.millrace.pack.webhook;

import io.millrace.worker.http.Contact;
import io.millrace.worker.http.GuardedClient;
import io.millrace.worker.http.Targets;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import java.net.URI;
import java.time.Duration;
import java.util.Map;

/** Posts to addresses that callers have chosen. Of an answer only its head is read. */
final class WebhookClient {

    private final GuardedClient client;

    WebhookClient(
            Vertx vertx,
            HttpClientOptions options,
            Targets targets,
            GuardedClient.Names names,
            Duration connectTimeout,
            Duration timeout) {
        this.client = new GuardedClient(vertx, options, targets, names, connectTimeout, timeout);
    }

    /** Posts, and waits for the head of the answer. */
    Reply post(URI url, Map<String, String> headers, String body) throws InterruptedException {
        return switch (client.call(HttpMethod.POST, url, request -> send(request, headers, body))) {
            case Contact.Answered<Reply>(var reply) -> reply;
            case Contact.Silent<Reply>(var why) -> new Reply.Silent(why);
            case Contact.Forbidden<Reply>(var why) -> new Reply.Forbidden(why);
        };
    }

    private static Future<Reply> send(HttpClientRequest request, Map<String, String> headers, String body) {
        headers.forEach(request::putHeader);
        // Said before it is sent: an answer without a body may else have ended before anybody listens.
        Future<Reply> reply = request.response().map(response -> {
            response.exceptionHandler(GuardedClient.UNHEARD);
            return new Reply.Answered(response.statusCode(), response.getHeader("Retry-After"));
        });
        Future<HttpClientResponse> _ = request.send(body);
        return reply;
    }
}
