package io.millrace.worker.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Positive;
import jakarta.validation.constraints.Size;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TaskJsonTest {

    private final TaskJson json = new TaskJson();

    record Inner(@NotNull String name) {}

    record Args(
            @Positive int pipelineId,
            @Max(9) double share,
            @NotNull @Size(max = 5) List<Inner> inners,
            @Nullable Instant since) {}

    @Test
    void argumentsAreReadInSnakeCase() throws Exception {
        var args = json.read(
                "{\"pipeline_id\": 1, \"share\": 0.5, \"inners\": [{\"name\": \"a\"}], \"since\": \"2026-01-01T00:00:00Z\"}",
                Args.class);

        assertThat(args).isEqualTo(new Args(1, 0.5, List.of(new Inner("a")), Instant.parse("2026-01-01T00:00:00Z")));
        assertThat(json.write(args, 1_000))
                .contains("\"pipeline_id\":1")
                .contains("\"since\":\"2026-01-01T00:00:00Z\"");
    }

    @Test
    void aBooleanIsFoundAmongTheArgumentsAndNowhereBelowThem() {
        assertThat(json.saysTrue("{\"a\": {\"isolated\": true}, \"b\": [1], \"isolated\": true}", "isolated"))
                .isTrue();
        assertThat(json.saysTrue("{\"a\": {\"isolated\": true}, \"other\": true}", "isolated"))
                .isFalse();
        assertThat(json.saysTrue("{\"isolated\": \"true\"}", "isolated")).isFalse();
        assertThat(json.saysTrue("no json", "isolated")).isFalse();
    }

    @Test
    void aPropertyThatTheTaskDoesNotKnowIsRefused() {
        assertThatThrownBy(() -> json.read("{\"name\": \"a\", \"nmae\": \"b\"}", Inner.class))
                .hasMessageContaining("nmae");
    }

    @Test
    void aResultHasAtMostSoManyBytes() throws Exception {
        var result = List.of("ü".repeat(1_000));

        assertThat(json.write(result, 2_004)).hasSize(1_004);
        assertThatThrownBy(() -> json.write(result, 2_003)).isInstanceOf(ResultTooLarge.class);
    }

    @Test
    void aResultThatGoesOnForEverDoesNotFillTheMemory() {
        var endless = new Iterable<String>() {
            @Override
            public Iterator<String> iterator() {
                return Stream.generate(() -> "again").iterator();
            }
        };

        assertThatThrownBy(() -> json.write(endless, 1_000_000)).isInstanceOf(ResultTooLarge.class);
    }

    @Test
    void aNumberThatIsMissingIsRefusedAndNotZero() {
        assertThatThrownBy(() -> json.read("{\"pipeline_id\": 1, \"inners\": []}", Args.class))
                .hasMessageContaining("share");
    }
}
