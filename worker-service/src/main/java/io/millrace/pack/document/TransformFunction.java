package io.millrace.pack.document;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.millrace.document.Document;
import io.millrace.pack.function.Function;
import io.millrace.pack.function.FunctionCall;
import io.millrace.store.DocumentStore;
import io.millrace.worker.http.GuardedClient;
import io.millrace.worker.http.Targets;
import io.millrace.worker.task.PermanentFailure;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientOptions;
import jakarta.inject.Singleton;
import java.net.InetAddress;
import java.time.Clock;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;

/** Transforms a document that was given or is to be fetched. */
@Singleton
class TransformFunction implements Function {

    private final DocumentStore store;
    private final DocumentFetch fetch;
    private final Transformer transformer;

    TransformFunction(DocumentStore store, DocumentsConfig config, Vertx vertx, Clock clock) {
        this.store = store;
        var client = new GuardedClient(
                vertx,
                new HttpClientOptions(),
                new Targets(config.allowPrivate(), config.allow().orElse(List.of())),
                host -> List.of(InetAddress.getAllByName(host)),
                config.connectTimeout(),
                config.timeout());
        this.fetch = new DocumentFetch(client, Math.toIntExact(config.maxSize().asLongValue()), clock);
        this.transformer = new Transformer(config.maxContent());
    }

    @Override
    public String path() {
        return DocumentStore.FUNCTION;
    }

    /** What became of a document. */
    @RegisterForReflection(registerFullHierarchy = true)
    record Transformed(
            @JsonProperty("document_id") UUID documentId,
            String from,
            String to,
            int characters,
            @JsonProperty("content_url") String contentUrl) {}

    @Override
    public Transformed execute(FunctionCall call) throws InterruptedException {
        Document document = document(call);
        Document.Source source = source(document, call);
        String content = transformer.transform(source, document.target(), call.context());
        store.transformed(document.id(), content);
        return new Transformed(
                document.id(),
                source.format().wireName(),
                document.target().wireName(),
                content.length(),
                "/api/v1/documents/" + document.id() + "/content");
    }

    private Document document(FunctionCall call) {
        String id = String.valueOf(call.requestData().get("document_id"));
        return uuid(id).flatMap(store::get)
                .filter(found -> Objects.equals(found.projectId(), call.projectId()))
                .orElseThrow(() -> new PermanentFailure("UnknownDocument", "there is no document " + id));
    }

    private static Optional<UUID> uuid(String text) {
        try {
            return Optional.of(UUID.fromString(text));
        } catch (IllegalArgumentException e) {
            // What is no id is that of nothing.
            return Optional.empty();
        }
    }

    private Document.Source source(Document document, FunctionCall call) throws InterruptedException {
        Optional<Document.Source> there = store.source(document.id());
        if (there.isPresent()) {
            return there.get();
        }
        call.context().progress(0, 1, "fetching");
        Document.Source fetched = fetch.fetch(String.valueOf(document.sourceUrl()));
        store.fetched(document.id(), fetched);
        return fetched;
    }
}
