package io.millrace.api;

import static io.restassured.RestAssured.given;
import static io.restassured.RestAssured.when;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.startsWith;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.testing.RealStack;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** {@code docs/openapi.json} is what the resources say, and what is served. With {@code -Ddocs.write=true} it is written. */
@Tag("real")
@QuarkusTest
@QuarkusTestResource(RealStack.class)
@TestProfile(ApiTest.SmallBodies.class)
class OpenApiTest {

    private static final Path DOCUMENT = Path.of("../docs/openapi.json");
    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void the_document_is_what_the_resources_say() throws IOException {
        String made = when().get("/q/openapi/made?format=json")
                .then()
                .statusCode(200)
                .extract()
                .asString();

        if (Boolean.getBoolean("docs.write")) {
            Files.writeString(
                    DOCUMENT,
                    JSON.writerWithDefaultPrettyPrinter().writeValueAsString(ordered(JSON.readTree(made), "")) + "\n");
        }

        assertThat(JSON.readTree(DOCUMENT.toFile()))
                .as("a resource has changed and docs/openapi.json has not: run `make docs`")
                .isEqualTo(JSON.readTree(made));
    }

    /** By name, for what makes the document is not always of one mind; only the fields of a schema stay as they are declared. */
    private static JsonNode ordered(JsonNode node, String name) {
        if (node instanceof ArrayNode array) {
            ArrayNode all = JSON.createArrayNode();
            array.forEach(each -> all.add(ordered(each, "")));
            return all;
        }
        if (!(node instanceof ObjectNode)) {
            return node;
        }
        var fields = new ArrayList<>(node.properties());
        if (!name.equals("properties")) {
            fields.sort(Map.Entry.comparingByKey());
        }
        ObjectNode all = JSON.createObjectNode();
        fields.forEach(field -> all.set(field.getKey(), ordered(field.getValue(), field.getKey())));
        return all;
    }

    @Test
    void it_is_served_to_whoever_reads_json_or_yaml() throws IOException {
        JsonNode document = JSON.readTree(DOCUMENT.toFile());

        for (String accept : new String[] {"*/*", "application/json", "application/yaml", "text/yaml"}) {
            String served = given().accept(accept)
                    .get("/q/openapi")
                    .then()
                    .statusCode(200)
                    .contentType(startsWith(accept.equals("*/*") ? "application/json" : accept))
                    .extract()
                    .asString();
            assertThat(JSON.readTree(served)).isEqualTo(document);
        }
    }
}
