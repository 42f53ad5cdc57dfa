package io.millrace.worker.run;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.victools.jsonschema.generator.FieldScope;
import com.github.victools.jsonschema.generator.Option;
import com.github.victools.jsonschema.generator.OptionPreset;
import com.github.victools.jsonschema.generator.SchemaGenerator;
import com.github.victools.jsonschema.generator.SchemaGeneratorConfigBuilder;
import com.github.victools.jsonschema.generator.SchemaVersion;
import com.github.victools.jsonschema.module.jackson.JacksonModule;
import com.github.victools.jsonschema.module.jakarta.validation.JakartaValidationModule;
import com.github.victools.jsonschema.module.jakarta.validation.JakartaValidationOption;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What the arguments of tasks may be, for whoever submits them: {@link TaskJson}'s names and types, and their constraints. */
final class ArgsSchemas {

    /** One for all tasks: what it has found out about a class serves the next one, and a worker starts sooner. */
    private final SchemaGenerator generator = generator();

    /**
     * The JSON Schema (2020-12) of a record of arguments, its Bean Validation constraints included.
     *
     * @throws IllegalStateException if the record has fields and the schema none, as happens in a native image for a
     *     record that is not registered for reflection
     */
    String of(@Nullable Class<?> argsType) {
        if (argsType == null) {
            return "{\"type\":\"object\",\"additionalProperties\":false}";
        }
        ObjectNode schema = generator.generateSchema(argsType);
        if (argsType.getRecordComponents().length > 0
                && schema.path("properties").isEmpty()) {
            throw new IllegalStateException("the schema of " + argsType.getName()
                    + " is empty: is it annotated with @RegisterForReflection(registerFullHierarchy = true)?");
        }
        return schema.toString();
    }

    private static SchemaGenerator generator() {
        var builder = new SchemaGeneratorConfigBuilder(SchemaVersion.DRAFT_2020_12, OptionPreset.PLAIN_JSON)
                .with(new JacksonModule())
                .with(new JakartaValidationModule(
                        JakartaValidationOption.NOT_NULLABLE_FIELD_IS_REQUIRED,
                        JakartaValidationOption.INCLUDE_PATTERN_EXPRESSIONS))
                .with(Option.FORBIDDEN_ADDITIONAL_PROPERTIES_BY_DEFAULT, Option.EXTRA_OPEN_API_FORMAT_VALUES);
        builder.forFields()
                .withPropertyNameOverrideResolver(ArgsSchemas::wireName)
                // A primitive has no null: leaving it out would silently mean zero.
                .withRequiredCheck(field -> field.getType().isPrimitive())
                .withNullableCheck(ArgsSchemas::mayBeNull);
        return new SchemaGenerator(builder.build());
    }

    /** What Bean Validation does not forbid may be given as null, which says the same as leaving it out. */
    private static boolean mayBeNull(FieldScope field) {
        return !field.getType().isPrimitive()
                && Stream.of(NotNull.class, NotBlank.class, NotEmpty.class)
                        .allMatch(never -> field.getAnnotationConsideringFieldAndGetter(never) == null);
    }

    private static @Nullable String wireName(FieldScope field) {
        JsonProperty explicit = field.getAnnotationConsideringFieldAndGetter(JsonProperty.class);
        return explicit != null && !explicit.value().isEmpty() ? null : TaskJson.wireName(field.getDeclaredName());
    }
}
