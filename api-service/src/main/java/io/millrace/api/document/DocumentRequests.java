package io.millrace.api.document;

import io.millrace.api.body.Body;
import io.millrace.api.body.Fields;
import io.millrace.api.body.WebAddress;
import io.millrace.api.caller.Callers;
import io.millrace.api.problem.FieldError;
import io.millrace.api.problem.Problem;
import io.millrace.api.problem.ProblemCode;
import io.millrace.document.Document;
import io.millrace.document.DocumentFormat;
import io.millrace.store.JobWishes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads what somebody wants transformed. */
final class DocumentRequests {

    private static final int WORD = 200;
    private static final int ADDRESS = 2_000;
    private static final Set<String> FIELDS =
            Set.of("source_url", "to", "name", "project_id", "trace_id", "callback_url");

    private DocumentRequests() {}

    /** What is wanted, and of the job that does it. */
    record Wanted(Document.New document, JobWishes wishes) {}

    /** A document that is to be fetched: a JSON body. */
    static Wanted fetched(UUID id, Body body) {
        Fields fields = Fields.of(body, FIELDS);
        String to = fields.word("to");
        Optional<DocumentFormat> target = target(to);
        if (target.isEmpty()) {
            fields.refuse("to", wrongTarget());
        }
        String source = fields.address("source_url");
        if (source == null) {
            fields.refuse("source_url", "is required");
        }
        String project = Callers.project(Callers.current(), fields.word("project_id"));
        var wishes = new JobWishes(fields.address("callback_url"), fields.word("trace_id"), project, null);
        String name = fields.word("name");
        fields.done();
        return new Wanted(
                new Document.New(id, project, name, source, null, null, target.orElse(DocumentFormat.TEXT)), wishes);
    }

    /** What is said beside a document that is the body itself: parameters of the address. */
    record Beside(
            @Nullable String to,
            @Nullable String name,
            @Nullable String projectId,
            @Nullable String traceId,
            @Nullable String callbackUrl) {}

    /** A document that is the body. */
    static Wanted given(UUID id, Body body, String contentType, Beside beside) {
        DocumentFormat format = DocumentFormat.ofMediaType(contentType)
                .orElseThrow(() -> Problem.of(
                        ProblemCode.UNSUPPORTED_MEDIA_TYPE,
                        "Documents may be " + mediaTypes() + "; or JSON with a source_url."));
        var errors = new ArrayList<FieldError>(0);
        if (body.bytes().length == 0) {
            errors.add(new FieldError("", "the document is empty"));
        }
        Optional<DocumentFormat> target = target(beside.to());
        if (target.isEmpty()) {
            errors.add(new FieldError("to", wrongTarget()));
        }
        bounded("name", beside.name(), WORD, errors);
        bounded("project_id", beside.projectId(), WORD, errors);
        bounded("trace_id", beside.traceId(), WORD, errors);
        bounded("callback_url", beside.callbackUrl(), ADDRESS, errors);
        if (beside.callbackUrl() != null && !WebAddress.isOne(beside.callbackUrl())) {
            errors.add(new FieldError("callback_url", "must be an http or https address without a user in it"));
        }
        if (!errors.isEmpty()) {
            throw Problem.of(ProblemCode.INVALID_REQUEST, errors);
        }
        return new Wanted(
                new Document.New(
                        id,
                        beside.projectId(),
                        beside.name(),
                        null,
                        format,
                        body.bytes(),
                        target.orElse(DocumentFormat.TEXT)),
                new JobWishes(beside.callbackUrl(), beside.traceId(), beside.projectId(), null));
    }

    private static void bounded(String field, @Nullable String text, int longest, List<FieldError> errors) {
        if (text != null && (text.isBlank() || text.length() > longest || text.indexOf('\0') >= 0)) {
            errors.add(new FieldError(field, "must have 1 to " + longest + " characters"));
        }
    }

    /** Text unless something else is asked for; nothing for what is none. */
    private static Optional<DocumentFormat> target(@Nullable String to) {
        if (to == null) {
            return Optional.of(DocumentFormat.TEXT);
        }
        return Arrays.stream(DocumentFormat.values())
                .filter(format -> format.isTarget() && format.wireName().equals(to))
                .findFirst();
    }

    private static String wrongTarget() {
        return "must be one of "
                + Arrays.stream(DocumentFormat.values())
                        .filter(DocumentFormat::isTarget)
                        .map(DocumentFormat::wireName)
                        .collect(Collectors.joining(", "));
    }

    private static String mediaTypes() {
        return Arrays.stream(DocumentFormat.values())
                .map(DocumentFormat::mediaType)
                .collect(Collectors.joining(", "));
    }
}
