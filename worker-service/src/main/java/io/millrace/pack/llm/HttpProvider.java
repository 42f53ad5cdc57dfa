package io.millrace.pack.llm;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.millrace.pack.llm.ChatForm.UnreadableAnswer;
import io.millrace.pack.llm.ProvidersConfig.ProviderConfig;
import io.millrace.worker.http.HttpCalls;
import io.millrace.worker.http.Withheld;
import io.millrace.worker.task.PermanentFailure;
import io.millrace.worker.task.RetryAfter;
import io.millrace.worker.task.TaskContext;
import io.millrace.worker.task.TaskFailure;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * A provider behind an HTTP API. The key is in a header of the request and nowhere else: it is taken out of whatever the
 * other side says before that is told to anybody, and what is thrown here was not caused by anything that may have it.
 */
final class HttpProvider implements Provider {

    private final String name;
    private final ChatForm form;
    private final ProviderConfig config;
    private final HttpCalls http;
    private final ObjectMapper json = JsonMapper.builder().build();

    HttpProvider(String name, ChatForm form, ProviderConfig config, int maxAnswer) {
        this.name = name;
        this.form = form;
        this.config = config;
        this.http = new HttpCalls(config.timeout(), maxAnswer);
    }

    @Override
    public LlmAnswer ask(LlmRequest request, TaskContext context) throws InterruptedException {
        String key = key();
        Withheld withheld = Withheld.of(List.of(key));
        String said = send(call(request, key), withheld, request.stream() ? parts(request, context) : _ -> {});
        try {
            // Not before it is read: a stream brings the key in pieces.
            LlmAnswer answer = request.stream() ? form.answer(events(said)) : form.answer(json.readTree(said));
            return answer.without(withheld);
        } catch (JsonProcessingException e) {
            throw unreadable("it is no JSON");
        } catch (UnreadableAnswer e) {
            throw unreadable(withheld.outOf(String.valueOf(e.getMessage())));
        }
    }

    /** Each event of a stream has about a token. */
    private static Consumer<byte[]> parts(LlmRequest request, TaskContext context) {
        var parts = new AtomicInteger();
        return part -> {
            int now = parts.addAndGet(ServerSentEvents.count(part));
            context.progress(Math.min(now, request.maxTokens()), request.maxTokens(), "answering");
        };
    }

    private HttpRequest call(LlmRequest request, String key) {
        URI base = config.baseUrl()
                .orElseThrow(() -> misconfigured("has no address (millrace.llm.providers." + name + ".base-url)"));
        try {
            String text = base.toString();
            var builder = HttpRequest.newBuilder(URI.create(
                            (text.endsWith("/") ? text.substring(0, text.length() - 1) : text) + form.path()))
                    .timeout(config.timeout())
                    .header("Content-Type", "application/json")
                    .POST(BodyPublishers.ofString(form.body(request).toString()));
            if (!key.isEmpty()) {
                form.credentials(key).forEach(builder::header);
            }
            return builder.build();
        } catch (IllegalArgumentException e) {
            // Its message may quote the header, and with it the key.
            throw misconfigured("is configured in a way that makes no valid request");
        }
    }

    private String send(HttpRequest call, Withheld withheld, Consumer<byte[]> heard) throws InterruptedException {
        try {
            return HttpCalls.text(http.send(call, heard, withheld));
        } catch (RetryAfter e) {
            throw new RetryAfter(e.type(), withheld.outOf(String.valueOf(e.getMessage())), e.delay());
        } catch (TaskFailure e) {
            throw new TaskFailure(e.type(), withheld.outOf(String.valueOf(e.getMessage())));
        } catch (PermanentFailure e) {
            throw new PermanentFailure(e.type(), withheld.outOf(String.valueOf(e.getMessage())));
        }
    }

    private List<JsonNode> events(String said) throws JsonProcessingException {
        var events = new ArrayList<JsonNode>();
        for (String data : ServerSentEvents.data(said)) {
            events.add(json.readTree(data));
        }
        return events;
    }

    /** The key, empty for none. One that is there as a file goes before one that is there as a word. */
    private String key() {
        return config.apiKeyFile()
                .map(file -> {
                    try {
                        return Files.readString(file).strip();
                    } catch (IOException e) {
                        throw misconfigured("has a key file that cannot be read");
                    }
                })
                .or(config::apiKey)
                .orElse("")
                .strip();
    }

    private PermanentFailure misconfigured(String what) {
        return new PermanentFailure("ProviderMisconfigured", "the provider '" + name + "' " + what);
    }

    /** It was an answer, and may be a better one the next time. */
    private TaskFailure unreadable(String why) {
        return new TaskFailure("MalformedAnswer", "the answer of '" + name + "' cannot be read: " + why);
    }
}
