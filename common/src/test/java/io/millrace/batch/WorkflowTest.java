package io.millrace.batch;

import static io.millrace.batch.Workflow.call;
import static io.millrace.batch.Workflow.chain;
import static io.millrace.batch.Workflow.chord;
import static io.millrace.batch.Workflow.chunks;
import static io.millrace.batch.Workflow.group;
import static io.millrace.batch.Workflow.map;
import static io.millrace.batch.Workflow.resultOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WorkflowTest {

    private static JsonArray jobs(Workflow workflow) {
        return new JsonObject(workflow.toJson()).getJsonArray("jobs");
    }

    private static List<String> dependsOn(JsonArray jobs, int job) {
        return jobs.getJsonObject(job).getJsonArray("depends_on").stream()
                .map(String::valueOf)
                .toList();
    }

    @Test
    void aChainPassesEachResultOn() {
        var jobs = jobs(Workflow.named("w")
                .does(chain(
                        call("load", Map.of("n", 1)).key("load"),
                        call("save", Map.of()).taking("data"))));

        assertThat(dependsOn(jobs, 0)).isEmpty();
        assertThat(dependsOn(jobs, 1)).containsExactly("load");
        assertThat(jobs.getJsonObject(1).getJsonObject("args").encode()).isEqualTo("{\"data\":{\"$result\":\"load\"}}");
    }

    @Test
    void aChordTakesTheResultsOfItsGroupAsAList() {
        var jobs = jobs(Workflow.named("w")
                .does(chord(
                        map("square", List.of(Map.of("n", 1), Map.of("n", 2))), call("demo.add", Map.of()), "values")));

        assertThat(dependsOn(jobs, 2)).containsExactly("job-1", "job-2");
        assertThat(jobs.getJsonObject(2).getJsonObject("args").encode())
                .isEqualTo("{\"values\":[{\"$result\":\"job-1\"},{\"$result\":\"job-2\"}]}");
    }

    @Test
    void groupsAndChainsGoIntoEachOther() {
        var jobs = jobs(Workflow.named("w")
                .does(chain(
                        call("a", Map.of()).key("a"),
                        group(
                                chain(
                                        call("b", Map.of()).key("b"),
                                        call("c", Map.of()).key("c")),
                                call("d", Map.of()).key("d")),
                        group(call("e", Map.of()).key("e"), call("f", Map.of()).key("f")))));

        assertThat(dependsOn(jobs, 1)).containsExactly("a");
        assertThat(dependsOn(jobs, 2)).containsExactly("b");
        assertThat(dependsOn(jobs, 3)).containsExactly("a");
        assertThat(dependsOn(jobs, 4)).containsExactly("c", "d");
        assertThat(dependsOn(jobs, 5)).containsExactly("c", "d");
    }

    @Test
    void chunksCarryUpToSoManyItems() {
        var jobs = jobs(Workflow.named("w").does(chunks("sum", "values", List.of(1, 2, 3, 4, 5), 2)));

        assertThat(jobs).hasSize(3);
        assertThat(jobs.getJsonObject(2).getJsonObject("args").encode()).isEqualTo("{\"values\":[5]}");
    }

    @Test
    void theLastJobWaitsForAllAndRunsHoweverTheyEnded() {
        var body = new JsonObject(Workflow.named("w")
                .does(chain(call("a", Map.of()), call("b", Map.of())))
                .onComplete(call("tell", Map.of()))
                .callback("https://example.org/")
                .toJson());

        var last = body.getJsonArray("jobs").getJsonObject(2);
        assertThat(last.getJsonArray("depends_on")).containsExactly("job-1", "job-2");
        assertThat(last.getString("on_parent_failure")).isEqualTo("run");
        assertThat(body.getString("on_parent_failure")).isEqualTo("cancel");
        assertThat(body.getString("callback_url")).isEqualTo("https://example.org/");
    }

    @Test
    void whatItWritesIsJson() {
        String strange = "quote \" backslash \\ newline \n tab \t é 😀 \u0001";
        var args = jobs(Workflow.named("w")
                        .does(call("t", Map.of())
                                .arg("text", strange)
                                .arg("nothing", null)
                                .arg("list", List.of(1.5, true, List.of(), Map.of()))
                                .arg("other", resultOf("x"))))
                .getJsonObject(0)
                .getJsonObject("args");

        assertThat(args.getString("text")).isEqualTo(strange);
        assertThat(args.getValue("nothing")).isNull();
        assertThat(args.getJsonArray("list").encode()).isEqualTo("[1.5,true,[],{}]");
        assertThatThrownBy(() -> Workflow.named("w")
                        .does(call("t", Map.of("x", Double.NaN)))
                        .toJson())
                .hasMessageContaining("no JSON number");
    }

    @Test
    void aCallIsNotInAWorkflowTwice() {
        var call = call("t", Map.of());

        assertThatThrownBy(() -> Workflow.named("w").does(chain(call, call)).toJson())
                .hasMessageContaining("twice");
    }
}
