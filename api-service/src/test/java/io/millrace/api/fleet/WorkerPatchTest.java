package io.millrace.api.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.millrace.api.problem.FieldError;
import io.millrace.api.problem.Problem;
import io.millrace.api.problem.ProblemCode;
import io.millrace.fleet.SlotRange;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WorkerPatchTest {

    private static WorkerPatch read(String body) {
        return WorkerPatch.of(body.getBytes(StandardCharsets.UTF_8), Set.of("default", "celery"), 100);
    }

    private static Problem refused(String body) {
        return catchThrowableOfType(Problem.class, () -> read(body));
    }

    @Test
    void aConcurrencyIsAFixedPool() {
        assertThat(read("{\"concurrency\": 8}")).isEqualTo(new WorkerPatch(SlotRange.fixed(8), null));
    }

    @Test
    void boundsAreAPoolThatMoves() {
        assertThat(read("{\"autoscale\": {\"max\": 10, \"min\": 3}}"))
                .isEqualTo(new WorkerPatch(new SlotRange(3, 10), null));
    }

    @Test
    void queuesAreTakenOnceEachAndByName() {
        assertThat(read("{\"queues\": [\"default\", \"celery\", \"default\"], \"concurrency\": null}"))
                .isEqualTo(new WorkerPatch(null, List.of("celery", "default")));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"concurrency": 0}                            | concurrency
            {"concurrency": 101}                          | concurrency
            {"concurrency": 1.5}                          | concurrency
            {"concurrency": "8"}                          | concurrency
            {"concurrency": 99999999999}                  | concurrency
            {"queues": []}                                | queues
            {"queues": "default"}                         | queues
            {"queues": ["default", "nowhere"]}            | queues[1]
            {"queues": [7]}                               | queues[0]
            {"autoscale": 3}                              | autoscale
            {"autoscale": {"max": 3}}                     | autoscale.min
            {"autoscale": {"max": 3, "min": 4}}           | autoscale.min
            {"autoscale": {"max": 101, "min": 1}}         | autoscale.max
            {"concurrency": 1, "autoscale": {"max": 3, "min": 1}} | autoscale
            """)
    void whatIsWrongIsNamed(String body, String field) {
        Problem problem = refused(body);

        assertThat(problem.code()).isEqualTo(ProblemCode.INVALID_REQUEST);
        assertThat(problem.errors()).extracting(FieldError::field).containsExactly(field);
    }

    @Test
    void everythingThatIsWrongIsNamed() {
        assertThat(refused("{\"concurrency\": 0, \"queues\": [\"nowhere\"]}").errors())
                .extracting(FieldError::field)
                .containsExactly("concurrency", "queues[0]");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {}                                       | INVALID_REQUEST
            []                                       | INVALID_REQUEST
            ''                                       | INVALID_REQUEST
            {"colour": "red"}                        | UNKNOWN_FIELD
            {"autoscale": {"max": 3, "step": 1}}     | UNKNOWN_FIELD
            {"concurrency":                          | MALFORMED_JSON
            """)
    void whatSaysNothingOrTooMuchIsRefused(String body, ProblemCode code) {
        assertThat(refused(body).code()).isEqualTo(code);
    }
}
