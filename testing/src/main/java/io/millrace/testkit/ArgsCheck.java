package io.millrace.testkit;

import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import io.millrace.task.TaskDefinition;
import java.util.List;
import java.util.Locale;

/** Holds arguments against the JSON Schema of their task, as the API does before it accepts a job. */
final class ArgsCheck {

    private static final SchemaRegistryConfig CONFIG =
            SchemaRegistryConfig.builder().locale(Locale.ROOT).build();

    private ArgsCheck() {}

    static List<String> errors(TaskDefinition task, String args) {
        return SchemaRegistry.withDefaultDialect(
                        SpecificationVersion.DRAFT_2020_12, builder -> builder.schemaRegistryConfig(CONFIG))
                .getSchema(task.argsSchema(), InputFormat.JSON)
                .validate(args, InputFormat.JSON)
                .stream()
                .map(error -> "args" + error.getInstanceLocation() + ": " + error.getMessage())
                .toList();
    }
}
