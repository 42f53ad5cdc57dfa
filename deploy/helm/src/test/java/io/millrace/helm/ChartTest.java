package io.millrace.helm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The chart's files themselves. */
class ChartTest {

    private static final String FORGOTTEN = "%s is made from something that has changed: run `make docs`";

    @Test
    void helmFindsNothingToComplainOf() {
        LintResult result = new Helm(Checkout.CHART).lint().strict().call();

        assertThat(result.isFailed())
                .as(String.join("\n", result.getMessages()))
                .isFalse();
    }

    @Test
    void whatIsMadeFromOtherFilesIsUpToDate() {
        ChartFiles files = ChartFiles.of(Checkout.ROOT);

        files.expected()
                .forEach((file, text) -> assertThat(Checkout.text(Checkout.ROOT.resolve(file)))
                        .as(FORGOTTEN, file)
                        .isEqualTo(text));
        assertThat(files.expected().keySet()).as(FORGOTTEN, "a copy in files/").containsAll(files.copies());
    }

    @Test
    void everyValueIsExplained() {
        ValuesTable table = ValuesTable.of(Checkout.text(Checkout.CHART.resolve("values.yaml")));

        assertThat(table.unexplained()).isEmpty();
        assertThat(table.values()).extracting(ValuesTable.Value::path).doesNotHaveDuplicates();
    }

    @Test
    void theSchemaKnowsTheSameValues() {
        JsonNode schema = StrictModel.documents(Checkout.text(Checkout.CHART.resolve("values.schema.json")))
                .getFirst();
        JsonNode values = StrictModel.documents(Checkout.text(Checkout.CHART.resolve("values.yaml")))
                .getFirst();
        var differences = new ArrayList<String>();

        compare("", values, schema, schema.path("definitions"), differences);

        assertThat(differences).isEmpty();
    }

    private static void compare(
            String at, JsonNode value, JsonNode schema, JsonNode definitions, List<String> differences) {
        if (schema.has("$ref")) {
            String name = schema.path("$ref").asText().replace("#/definitions/", "");
            compare(at, value, definitions.path(name), definitions, differences);
        } else if (value.isArray() && !value.isEmpty()) {
            compare(at + "[]", value.path(0), schema.path("items"), definitions, differences);
        } else if (value.isObject() && !value.isEmpty() && schema.has("properties")) {
            var known = new TreeSet<String>();
            schema.path("properties").fieldNames().forEachRemaining(known::add);
            // Helm's own, an image's registry, what resources and peers may have besides, kinds of autoscaling.
            known.removeAll(at.isEmpty() ? List.of("global") : List.of());
            if (at.endsWith(".image") && !value.has("registry")) {
                known.remove("registry");
            }
            var said = new TreeSet<String>();
            value.fieldNames().forEachRemaining(said::add);
            boolean open = at.endsWith(".resources") || at.endsWith(".autoscaling") || at.endsWith("dnsTo[]");
            if (open ? !known.containsAll(said) : !known.equals(said)) {
                differences.add(at + ": values.yaml has " + said + ", the schema " + known);
            }
            value.fieldNames()
                    .forEachRemaining(name -> compare(
                            at + "." + name,
                            value.path(name),
                            schema.path("properties").path(name),
                            definitions,
                            differences));
        }
    }

    @Test
    void theVersionIsThatOfTheBuild() {
        String pom = Checkout.text(Checkout.ROOT.resolve("pom.xml"));
        JsonNode chart = StrictModel.documents(Checkout.text(Checkout.CHART.resolve("Chart.yaml")))
                .getFirst();

        assertThat(pom).containsPattern("<version>" + chart.path("appVersion").asText() + "(-SNAPSHOT)?</version>");
    }

    @Test
    void theExamplesOfKafkaAreWhatStrimziKnows() {
        assertThat(StrictModel.parsed(Checkout.text(Checkout.EXAMPLES.resolve("kafka-strimzi.yaml"))))
                .extracting(object -> object.getKind())
                .containsExactly("Kafka", "KafkaNodePool", "KafkaUser");
    }

    /** The Secrets that its values name are those that the operators make for the other examples. */
    @Test
    void theExamplesFitEachOther() {
        JsonNode values = example("values-production.yaml").getFirst();
        JsonNode postgres = example("postgres-cloudnativepg.yaml").getFirst();
        List<JsonNode> kafka = example("kafka-strimzi.yaml");
        String database = name(postgres);
        String cluster = name(kafka.getFirst());

        assertThat(values.at("/database/existingSecret").asText()).isEqualTo(database + "-app");
        assertThat(values.at("/database/url").asText())
                .startsWith("postgresql://" + database + "-rw:5432/"
                        + postgres.at("/spec/bootstrap/initdb/database").asText());
        assertThat(values.at("/database/tls/caSecret").asText()).isEqualTo(database + "-ca");
        assertThat(values.at("/kafka/tls/caSecret").asText()).isEqualTo(cluster + "-cluster-ca-cert");
        assertThat(values.at("/kafka/existingSecret").asText()).isEqualTo(name(kafka.getLast()));
        assertThat(values.at("/kafka/bootstrapServers").asText())
                .isEqualTo(cluster + "-kafka-bootstrap:"
                        + kafka.getFirst().at("/spec/kafka/listeners/0/port").asText());
    }

    private static List<JsonNode> example(String name) {
        return StrictModel.documents(Checkout.text(Checkout.EXAMPLES.resolve(Path.of(name))));
    }

    private static String name(JsonNode object) {
        return object.at("/metadata/name").asText();
    }
}
