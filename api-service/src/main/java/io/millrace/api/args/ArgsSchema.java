package io.millrace.api.args;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaException;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import com.networknt.schema.path.NodePath;
import io.millrace.api.problem.FieldError;
import io.quarkus.runtime.annotations.RegisterResourceBundle;
import java.util.List;
import java.util.Locale;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** A task's JSON Schema (2020-12), compiled: checks arguments and says what is wrong with which. */
// The validator's own words for what is wrong, which a native image would leave out.
@RegisterResourceBundle(bundleName = "jsv-messages")
public final class ArgsSchema {

    private static final Logger LOG = Logger.getLogger(ArgsSchema.class);
    private static final SchemaRegistryConfig CONFIG =
            SchemaRegistryConfig.builder().locale(Locale.ROOT).build();
    private static final int ERRORS_KEPT = 50;

    private final @Nullable Schema schema;
    private final boolean lenient;

    private ArgsSchema(@Nullable Schema schema, boolean lenient) {
        this.schema = schema;
        this.lenient = lenient;
    }

    /** The same, but silent where a result will be put in before the job runs: then its worker checks all of it. */
    public ArgsSchema leniently() {
        return new ArgsSchema(schema, true);
    }

    /** Compiles a schema. One that cannot be compiled lets everything pass: the worker checks the arguments again. */
    public static ArgsSchema of(String task, String json) {
        try {
            // A registry of its own, so that schemas with the same id never meet.
            var registry = SchemaRegistry.withDefaultDialect(
                    SpecificationVersion.DRAFT_2020_12, builder -> builder.schemaRegistryConfig(CONFIG));
            Schema compiled = registry.getSchema(json, InputFormat.JSON);
            compiled.initializeValidators();
            return new ArgsSchema(compiled, false);
        } catch (SchemaException | IllegalArgumentException e) {
            LOG.errorf(e, "the schema of a task's arguments cannot be read, so they go unchecked task=%s", task);
            return new ArgsSchema(null, false);
        }
    }

    /** Adds what is wrong with these arguments. */
    public void check(JsonNode args, List<FieldError> errors) {
        if (schema == null) {
            return;
        }
        for (Error error : schema.validate(args)) {
            if (errors.size() < ERRORS_KEPT && !(lenient && dependsOnResult(args, error))) {
                errors.add(new FieldError(field(error), error.getMessage()));
            }
        }
    }

    /** Such as {@code args.values[3].name}. For a property that is missing or too much, that property. */
    private static String field(Error error) {
        var field = new StringBuilder("args");
        NodePath at = error.getInstanceLocation();
        for (int i = 0; i < at.getNameCount(); i++) {
            if (at.getElement(i) instanceof Integer index) {
                field.append('[').append(index).append(']');
            } else {
                field.append('.').append(at.getName(i));
            }
        }
        String property = error.getProperty();
        if (property != null && aboutProperty(error.getKeyword())) {
            field.append('.').append(property);
        }
        return field.toString();
    }

    /** Whether an error lies within a reference to a result, or in a choice that one takes part in. */
    private static boolean dependsOnResult(JsonNode args, Error error) {
        JsonNode at = args;
        NodePath path = error.getInstanceLocation();
        for (int i = 0; i < path.getNameCount() && !ResultReferences.isReference(at); i++) {
            at = path.getElement(i) instanceof Integer index ? at.path(index) : at.path(path.getName(i));
        }
        return ResultReferences.isReference(at) || (!aboutProperty(error.getKeyword()) && ResultReferences.anyIn(at));
    }

    private static boolean aboutProperty(String keyword) {
        return switch (keyword) {
            case "required", "additionalProperties", "unevaluatedProperties", "dependentRequired" -> true;
            default -> false;
        };
    }
}
