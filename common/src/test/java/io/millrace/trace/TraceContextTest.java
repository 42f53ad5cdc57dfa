package io.millrace.trace;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TraceContextTest {

    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String TRACEPARENT = "00-" + TRACE + "-00f067aa0ba902b7-01";
    private static final UUID JOB = UUID.fromString("01990000-0000-7000-8000-0000000000aa");

    @Test
    void a_traceparent_is_read_and_written_alike() {
        var context = TraceContext.parse(TRACEPARENT).orElseThrow();

        assertThat(context).isEqualTo(new TraceContext(TRACE, "00f067aa0ba902b7", true));
        assertThat(context.traceparent()).isEqualTo(TRACEPARENT);
    }

    @ParameterizedTest
    @CsvSource({
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00, false",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-03, true",
        "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-what-comes-later, true"
    })
    void flags_say_whether_it_is_recorded(String text, boolean sampled) {
        assertThat(TraceContext.parse(text).orElseThrow().sampled()).isEqualTo(sampled);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "tr-1",
                "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
                "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
                "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7"
            })
    void what_is_no_traceparent_is_as_if_it_were_not_there(String text) {
        assertThat(TraceContext.parse(text)).isEmpty();
    }

    @Test
    void users_see_the_trace_id_and_their_own_words_as_they_are() {
        assertThat(TraceContext.shown(TRACEPARENT)).isEqualTo(TRACE);
        assertThat(TraceContext.shown("tr-1")).isEqualTo("tr-1");
        assertThat(TraceContext.shown(null)).isNull();
    }

    @Test
    void a_trace_follows_from_what_a_row_keeps() {
        assertThat(TraceContext.traceIdOf(TRACE, JOB)).isEqualTo(TRACE);
        assertThat(TraceContext.traceIdOf("4BF92F35-77b3-4da6-a3ce-929d0e0e4736", JOB))
                .isEqualTo(TRACE);
        assertThat(TraceContext.traceIdOf(null, JOB)).isEqualTo("01990000000070008000000000 0000aa".replace(" ", ""));
        assertThat(TraceContext.traceIdOf("tr-1", JOB))
                .isEqualTo(TraceContext.traceIdOf("tr-1", UUID.randomUUID()))
                .isNotEqualTo(TraceContext.traceIdOf("tr-2", JOB));
    }

    @Test
    void every_claim_of_a_job_has_a_span_of_its_own() {
        assertThat(TraceContext.runSpan(JOB, 1)).isEqualTo("80010000000000aa");
        assertThat(IntStream.range(0, 1_000).mapToObj(i -> TraceContext.runSpan(JOB, i)))
                .doesNotHaveDuplicates()
                .allMatch(id -> id.length() == 16);
    }

    /** As version 4 and 7 of UUID have them: the first two of the last 64 bits are always the same. */
    @Test
    void the_share_of_traces_holds_for_uuids_too() {
        RatioSampler quarter = RatioSampler.of(0.25);

        long sampled = IntStream.range(0, 20_000)
                .filter(_ ->
                        quarter.samples(TraceContext.traceIdOf(UUID.randomUUID().toString(), JOB)))
                .count();

        assertThat(sampled).isBetween(4_600L, 5_400L);
        assertThat(RatioSampler.of(0).samples(TRACE)).isFalse();
        assertThat(RatioSampler.of(1).samples("f".repeat(32))).isTrue();
    }
}
