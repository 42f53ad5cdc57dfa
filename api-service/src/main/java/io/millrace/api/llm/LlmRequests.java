package io.millrace.api.llm;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.api.body.Body;
import io.millrace.api.body.Fields;
import io.millrace.api.body.JsonFields;
import io.millrace.api.caller.Callers;
import io.millrace.llm.LlmCall;
import io.millrace.llm.LlmConfig;
import io.millrace.store.JobWishes;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the bodies of requests about language models. */
final class LlmRequests {

    private static final int NAME_LENGTH = 200;
    private static final int PARAMETERS_LENGTH = 64 * 1024;
    private static final int QUERY_LENGTH = 500_000;

    private static final Set<String> OF_A_CONFIG = Set.of("name", "provider", "model", "parameters", "project_id");
    private static final Set<String> OF_A_CALL =
            Set.of("config", "query", "callback_url", "organization_id", "project_id", "trace_id", "idempotency_key");

    private static final Set<String> OF_A_CALLS_CONFIG = Set.of("id", "version");

    /** What a call says itself. */
    private static final Set<String> THE_CALLS_OWN = Set.of("model", "messages");

    /**
     * Names under which somebody might store what must not be stored, at any depth, without what stands between their
     * words: such as {@code openai_api_key} or {@code X-Api-Key}, and not {@code max_tokens}.
     */
    private static final Pattern SECRET = Pattern.compile(
            "key|token|.*(apikey|secretkey|accesskey|secret|password|authorization|credentials|(access|auth|bearer|api)token)");

    private LlmRequests() {}

    static LlmConfig.New config(Body body) {
        Fields fields = Fields.of(body, OF_A_CONFIG);
        String provider = fields.required("provider", NAME_LENGTH);
        if (!provider.isEmpty() && !provider.matches("[a-z0-9][a-z0-9_-]*")) {
            fields.refuse("provider", "must be the name of a provider, such as openai");
        }
        JsonNode parameters = fields.node("parameters");
        checkParameters(fields, parameters);
        var config = new LlmConfig.New(
                Callers.project(Callers.current(), fields.word("project_id")),
                fields.required("name", NAME_LENGTH),
                provider,
                fields.required("model", NAME_LENGTH),
                parameters.isMissingNode() ? "{}" : parameters.toString());
        fields.done();
        return config;
    }

    private static void checkParameters(Fields fields, JsonNode parameters) {
        if (parameters.isMissingNode()) {
            return;
        }
        if (!parameters.isObject() || parameters.toString().length() > PARAMETERS_LENGTH) {
            fields.refuse("parameters", "must be an object of at most " + PARAMETERS_LENGTH + " characters");
            return;
        }
        parameters.fieldNames().forEachRemaining(name -> {
            if (THE_CALLS_OWN.contains(name)) {
                fields.refuse("parameters." + name, "is said by the configuration or the call itself");
            }
        });
        JsonNode stream = parameters.path("stream");
        if (JsonFields.isThere(stream) && !stream.isBoolean()) {
            fields.refuse("parameters.stream", "must be true or false");
        }
        refuseSecrets(fields, "parameters", parameters);
    }

    private static void refuseSecrets(Fields fields, String place, JsonNode node) {
        node.properties().forEach(field -> {
            String at = place + "." + field.getKey();
            // The schema of a tool's arguments may well describe one that is called key.
            boolean described =
                    place.endsWith(".properties") && field.getValue().isContainerNode();
            String words = field.getKey().toLowerCase(Locale.ROOT).replaceAll("[^a-z]", "");
            if (!described && SECRET.matcher(words).matches()) {
                fields.refuse(at, "is not kept here: workers have the credentials of providers");
            } else {
                refuseSecrets(fields, at, field.getValue());
            }
        });
        for (int i = 0; node.isArray() && i < node.size(); i++) {
            refuseSecrets(fields, place + "[" + i + "]", node.get(i));
        }
    }

    /**
     * A call as it was posted.
     *
     * @param version null for the last one
     */
    record Call(
            long configId,
            @Nullable Integer version,
            String query,
            @Nullable String organizationId,
            JobWishes wishes) {

        /** With the version that it is made with. */
        LlmCall.New with(LlmConfig config) {
            return new LlmCall.New(config.id(), config.version(), query, wishes.projectId(), organizationId);
        }
    }

    /** @param key the header {@code Idempotency-Key}, which goes before the field */
    static Call call(Body body, @Nullable String key) {
        Fields fields = Fields.of(body, OF_A_CALL);
        JsonNode config = fields.node("config");
        JsonNode id = config.path("id");
        JsonNode version = config.path("version");
        if (!config.isObject() || !id.canConvertToLong() || !id.isIntegralNumber()) {
            fields.refuse("config", "must be an object with the id of a configuration");
        }
        JsonFields.refuseOthers(config, OF_A_CALLS_CONFIG, "config.");
        boolean last = !JsonFields.isThere(version);
        if (!last && (!version.isIntegralNumber() || !version.canConvertToInt())) {
            fields.refuse("config.version", "must be the number of a version");
        }
        String field = fields.word("idempotency_key");
        var wishes = new JobWishes(
                fields.address("callback_url"),
                fields.word("trace_id"),
                Callers.project(Callers.current(), fields.word("project_id")),
                key == null || key.isBlank() ? field : key);
        var call = new Call(
                id.asLong(),
                last ? null : version.asInt(),
                fields.required("query", QUERY_LENGTH),
                organization(fields),
                wishes);
        fields.done();
        return call;
    }

    /** Organizations are numbered by some and named by others. */
    private static @Nullable String organization(Fields fields) {
        return fields.node("organization_id").isIntegralNumber()
                ? fields.node("organization_id").asText()
                : fields.word("organization_id");
    }
}
