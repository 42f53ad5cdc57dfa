package io.millrace.worker.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.worker.run.TaskJsonTest.Args;
import io.millrace.worker.run.TaskJsonTest.Inner;
import org.junit.jupiter.api.Test;

class ArgsSchemasTest {

    private final ArgsSchemas schemas = new ArgsSchemas();

    private JsonNode schema() throws Exception {
        return new ObjectMapper().readTree(schemas.of(Args.class));
    }

    @Test
    void theSchemaSaysWhatBeanValidationSays() throws Exception {
        var properties = schema().path("properties");

        assertThat(properties.at("/pipeline_id/type").asText()).isEqualTo("integer");
        assertThat(properties.at("/pipeline_id/exclusiveMinimum").asInt(-1)).isZero();
        assertThat(properties.at("/share/maximum").asInt()).isEqualTo(9);
        assertThat(properties.at("/inners/maxItems").asInt()).isEqualTo(5);
        assertThat(properties.at("/inners/items/properties/name/type").asText()).isEqualTo("string");
        assertThat(schema().path("additionalProperties").asBoolean(true)).isFalse();
    }

    @Test
    void whatHasNoNullIsRequiredAndTheRestIsNot() throws Exception {
        assertThat(schema().path("required")).hasToString("[\"inners\",\"pipeline_id\",\"share\"]");
    }

    @Test
    void theSchemaOfATaskIsTheSameWhicheverTasksCameBefore() {
        String alone = schemas.of(Inner.class);
        String before = schemas.of(Args.class);

        assertThat(schemas.of(Inner.class)).isEqualTo(alone).isEqualTo(new ArgsSchemas().of(Inner.class));
        assertThat(before).isEqualTo(new ArgsSchemas().of(Args.class));
    }
}
