package io.millrace.api.job;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.api.problem.FieldError;
import io.millrace.api.problem.Problem;
import io.millrace.api.problem.ProblemCode;
import io.millrace.api.problem.Problems;
import io.millrace.job.Unique;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads submissions token by token. The arguments are parsed once, for checking, and kept as the very bytes they came
 * as, for storing.
 */
final class SubmissionReader {

    private static final ObjectMapper JSON = JsonMapper.builder().build();
    private static final JsonFactory FACTORY = JSON.getFactory();
    private static final ObjectNode NO_ARGS = JsonNodeFactory.instance.objectNode();
    private static final String NO_ARGS_TEXT = "{}";

    private final byte[] bytes;
    private final int offset;
    private final JsonParser in;

    private SubmissionReader(byte[] bytes, int from, int to) {
        this.bytes = bytes;
        try {
            this.in = FACTORY.createParser(bytes, from, to - from);
        } catch (IOException e) {
            throw new UncheckedIOException("reading memory cannot fail", e);
        }
        this.offset = from;
    }

    /** Reads a body that is one submission. @throws Problem if it is not */
    static Submission readOne(byte[] body) {
        return readOne(body, 0, body.length);
    }

    /** Reads a stretch of a body, such as a line, that is one submission. @throws Problem if it is not */
    static Submission readOne(byte[] body, int from, int to) {
        var reader = new SubmissionReader(body, from, to);
        try {
            if (reader.in.nextToken() == null) {
                throw Problem.of(ProblemCode.MALFORMED_JSON, "The body is empty.");
            }
            Draft draft = reader.readDraft();
            if (reader.in.nextToken() != null) {
                throw Problem.of(ProblemCode.MALFORMED_JSON, "The body goes on after the end of its JSON.");
            }
            return draft.submission();
        } catch (JsonProcessingException e) {
            throw Problems.malformed(e);
        } catch (IOException e) {
            throw new UncheckedIOException("reading memory cannot fail", e);
        } finally {
            reader.release();
        }
    }

    /** Does something with each element of an array, in order: either what it is, or what is wrong with it. */
    interface Each {
        void read(Submission submission);

        void refuse(Problem problem);
    }

    /** Reads a body that is an array of submissions. @throws Problem if the body as a whole is no such array */
    static void readArray(byte[] body, Each each) {
        var reader = new SubmissionReader(body, 0, body.length);
        JsonParser in = reader.in;
        try {
            if (in.nextToken() != JsonToken.START_ARRAY) {
                throw in.currentToken() == null
                        ? Problem.of(ProblemCode.MALFORMED_JSON, "The body is empty.")
                        : Problem.of(
                                ProblemCode.INVALID_REQUEST,
                                "The body must be an array of jobs, or one job a line as application/x-ndjson.");
            }
            while (in.nextToken() != JsonToken.END_ARRAY) {
                Draft draft = reader.readDraft();
                if (draft.errors == null) {
                    each.read(draft.submission());
                } else {
                    each.refuse(draft.problem());
                }
            }
            if (in.nextToken() != null) {
                throw Problem.of(ProblemCode.MALFORMED_JSON, "The body goes on after the end of its JSON.");
            }
        } catch (JsonProcessingException e) {
            throw Problems.malformed(e);
        } catch (IOException e) {
            throw new UncheckedIOException("reading memory cannot fail", e);
        } finally {
            reader.release();
        }
    }

    private void release() {
        try {
            // Gives the parser's buffers back.
            in.close();
        } catch (IOException e) {
            throw new UncheckedIOException("closing memory cannot fail", e);
        }
    }

    /** What has been read so far of one submission. */
    private static final class Draft {
        @Nullable
        String task;

        JsonNode args = NO_ARGS;
        String argsText = NO_ARGS_TEXT;

        @Nullable
        String queue;

        @Nullable
        Integer priority;

        @Nullable
        Double countdown;

        @Nullable
        Instant eta;

        @Nullable
        Double expiresIn;

        @Nullable
        Instant expiresAt;

        @Nullable
        Integer maxRetries;

        @Nullable
        Double retryDelay;

        @Nullable
        Double softTimeLimit;

        @Nullable
        Double timeLimit;

        @Nullable
        Double resultTtl;

        @Nullable
        Boolean ignoreResult;

        @Nullable
        String callbackUrl;

        @Nullable
        String traceId;

        @Nullable
        String projectId;

        List<String> tags = List.of();

        @Nullable
        String rateKey;

        @Nullable
        String idempotencyKey;

        Submission.@Nullable Uniqueness unique;

        @Nullable
        List<FieldError> errors;

        boolean onlyUnknownFields = true;

        void refuse(String field, String message) {
            List<FieldError> found = errors == null ? new ArrayList<>() : errors;
            errors = found;
            found.add(new FieldError(field, message));
        }

        Submission submission() {
            if (errors != null || task == null) {
                throw problem();
            }
            return new Submission(
                    task,
                    args,
                    argsText,
                    queue,
                    priority,
                    countdown,
                    eta,
                    expiresIn,
                    expiresAt,
                    maxRetries,
                    retryDelay,
                    softTimeLimit,
                    timeLimit,
                    resultTtl,
                    ignoreResult,
                    callbackUrl,
                    traceId,
                    projectId,
                    tags,
                    rateKey,
                    idempotencyKey,
                    unique);
        }

        Problem problem() {
            List<FieldError> found = errors == null ? List.of(new FieldError("task", "is required")) : errors;
            return Problem.of(
                    onlyUnknownFields && errors != null ? ProblemCode.UNKNOWN_FIELD : ProblemCode.INVALID_REQUEST,
                    found);
        }
    }

    /** Reads the value at the parser's token, whatever it is, to its end. */
    private Draft readDraft() throws IOException {
        var draft = new Draft();
        if (in.currentToken() != JsonToken.START_OBJECT) {
            in.skipChildren();
            draft.onlyUnknownFields = false;
            draft.refuse("", "must be a JSON object with at least a task");
            return draft;
        }
        for (String name = in.nextFieldName(); name != null; name = in.nextFieldName()) {
            in.nextToken();
            readField(draft, name);
        }
        if (draft.task == null && draft.errors == null) {
            draft.onlyUnknownFields = false;
            draft.refuse("task", "is required");
        }
        return draft;
    }

    private void readField(Draft draft, String name) throws IOException {
        switch (name) {
            case "task" -> draft.task = text(draft, name);
            case "args" -> args(draft);
            case "queue" -> draft.queue = text(draft, name);
            case "priority" -> draft.priority = integer(draft, name);
            case "countdown" -> draft.countdown = seconds(draft, name);
            case "eta" -> draft.eta = time(draft, name);
            case "expires" -> {
                if (in.currentToken().isNumeric()) {
                    draft.expiresIn = seconds(draft, name);
                } else {
                    draft.expiresAt = time(draft, name);
                }
            }
            case "max_retries" -> draft.maxRetries = integer(draft, name);
            case "retry_delay" -> draft.retryDelay = seconds(draft, name);
            case "soft_time_limit" -> draft.softTimeLimit = seconds(draft, name);
            case "time_limit" -> draft.timeLimit = seconds(draft, name);
            case "result_ttl" -> draft.resultTtl = seconds(draft, name);
            case "ignore_result" -> draft.ignoreResult = flag(draft, name);
            case "callback_url" -> draft.callbackUrl = text(draft, name);
            case "trace_id" -> draft.traceId = text(draft, name);
            case "project_id" -> draft.projectId = text(draft, name);
            case "tags" -> draft.tags = texts(draft, name);
            case "rate_key" -> draft.rateKey = text(draft, name);
            case "idempotency_key" -> draft.idempotencyKey = text(draft, name);
            case "unique" -> draft.unique = unique(draft);
            default -> {
                in.skipChildren();
                draft.refuse(name, "is not a field of a job");
            }
        }
    }

    private void args(Draft draft) throws IOException {
        if (in.currentToken() == JsonToken.VALUE_NULL) {
            return;
        }
        if (in.currentToken() != JsonToken.START_OBJECT) {
            refuse(draft, "args", "must be an object");
            return;
        }
        long from = in.currentTokenLocation().getByteOffset();
        draft.args = JSON.readTree(in);
        long to = in.currentLocation().getByteOffset();
        // Offsets are known for UTF-8 only; JSON in UTF-16 is rare enough to be written anew.
        draft.argsText = from < 0
                ? draft.args.toString()
                : new String(bytes, offset + (int) from, (int) (to - from), StandardCharsets.UTF_8);
    }

    private @Nullable String text(Draft draft, String name) throws IOException {
        if (in.currentToken() == JsonToken.VALUE_STRING) {
            return in.getText();
        }
        refuseUnlessNull(draft, name, "must be a string");
        return null;
    }

    private @Nullable Integer integer(Draft draft, String name) throws IOException {
        if (in.currentToken() == JsonToken.VALUE_NUMBER_INT && in.getNumberType() == JsonParser.NumberType.INT) {
            return in.getIntValue();
        }
        refuseUnlessNull(draft, name, "must be an integer");
        return null;
    }

    private @Nullable Double seconds(Draft draft, String name) throws IOException {
        if (in.currentToken().isNumeric()) {
            return in.getDoubleValue();
        }
        refuseUnlessNull(draft, name, "must be a number of seconds");
        return null;
    }

    private @Nullable Instant time(Draft draft, String name) throws IOException {
        String text = text(draft, name);
        if (text == null) {
            return null;
        }
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            refuse(draft, name, "must be a time with its zone, such as 2026-01-31T12:00:00Z");
            return null;
        }
    }

    private List<String> texts(Draft draft, String name) throws IOException {
        if (in.currentToken() == JsonToken.VALUE_NULL) {
            return List.of();
        }
        if (in.currentToken() != JsonToken.START_ARRAY) {
            refuse(draft, name, "must be an array of strings");
            return List.of();
        }
        var texts = new ArrayList<String>();
        while (in.nextToken() != JsonToken.END_ARRAY) {
            if (in.currentToken() == JsonToken.VALUE_STRING) {
                texts.add(in.getText());
            } else {
                refuse(draft, name + "[" + texts.size() + "]", "must be a string");
            }
        }
        return texts;
    }

    private @Nullable Boolean flag(Draft draft, String name) throws IOException {
        if (in.currentToken().isBoolean()) {
            return in.getBooleanValue();
        }
        refuseUnlessNull(draft, name, "must be true or false");
        return null;
    }

    private Submission.@Nullable Uniqueness unique(Draft draft) throws IOException {
        if (in.currentToken() == JsonToken.VALUE_FALSE) {
            return Submission.Uniqueness.NOT;
        }
        if (in.currentToken() != JsonToken.START_OBJECT) {
            refuseUnlessNull(draft, "unique", "must be an object or false");
            return null;
        }
        String key = null;
        List<String> by = List.of();
        Double seconds = null;
        String during = null;
        String onConflict = null;
        for (String name = in.nextFieldName(); name != null; name = in.nextFieldName()) {
            in.nextToken();
            switch (name) {
                case "key" -> key = text(draft, "unique.key");
                case "by" -> by = texts(draft, "unique.by");
                case "for" -> seconds = seconds(draft, "unique.for");
                case "while" -> during = text(draft, "unique.while");
                case "on_conflict" -> onConflict = text(draft, "unique.on_conflict");
                default -> {
                    in.skipChildren();
                    draft.refuse("unique." + name, "is not a field of unique");
                }
            }
        }
        if (during != null && !during.equals("unfinished")) {
            refuse(draft, "unique.while", "must be unfinished");
        }
        // With neither, it is the job itself that must not be there twice.
        return new Submission.Uniqueness(
                key, by, seconds, during != null || seconds == null, onConflict(draft, onConflict));
    }

    private Unique.OnConflict onConflict(Draft draft, @Nullable String word) throws IOException {
        return switch (word) {
            case null -> Unique.OnConflict.RETURN;
            case "return" -> Unique.OnConflict.RETURN;
            case "reject" -> Unique.OnConflict.REJECT;
            case "replace" -> Unique.OnConflict.REPLACE;
            default -> {
                refuse(draft, "unique.on_conflict", "must be return, reject or replace");
                yield Unique.OnConflict.RETURN;
            }
        };
    }

    private void refuseUnlessNull(Draft draft, String name, String message) throws IOException {
        if (in.currentToken() != JsonToken.VALUE_NULL) {
            refuse(draft, name, message);
        }
    }

    private void refuse(Draft draft, String name, String message) throws IOException {
        in.skipChildren();
        draft.onlyUnknownFields = false;
        draft.refuse(name, message);
    }
}
