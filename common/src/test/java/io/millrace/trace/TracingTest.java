package io.millrace.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.millrace.testing.FakeCollector;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TracingTest {

    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String SAMPLED = "00-" + TRACE + "-00f067aa0ba902b7-01";
    private static final UUID JOB = UUID.fromString("01990000-0000-7000-8000-0000000000aa");

    private final FakeCollector collector = new FakeCollector(0);
    private final Tracing tracing = TracingFixture.to(collector.endpoint());

    @AfterEach
    void end() {
        tracing.end();
        collector.close();
    }

    @Test
    void a_span_is_exported_below_what_the_row_keeps_under_the_id_that_others_know() throws Exception {
        TraceContext run = ofRun(SAMPLED, 2);

        spanOf(SAMPLED, "run x", run).end();

        var sent = collector.await(span -> span.name().equals("run x"));
        assertThat(sent.traceId()).isEqualTo(TRACE);
        assertThat(sent.parentId()).isEqualTo("00f067aa0ba902b7");
        assertThat(sent.spanId()).isEqualTo(TraceContext.runSpan(JOB, 2));
        assertThat(collector.headers()).contains("secret");
    }

    @Test
    void a_jobs_trace_is_looked_at_where_the_operator_says() {
        var linked = TracingFixture.linked("https://traces.example/{trace_id}?org=1");

        assertThat(linked.link(TRACE, JOB)).contains(URI.create("https://traces.example/" + TRACE + "?org=1"));
        assertThat(linked.link(null, JOB).orElseThrow().getPath())
                .isEqualTo("/" + JOB.toString().replace("-", ""));
        assertThat(tracing.link(TRACE, JOB)).isEmpty();
        for (String wrong :
                List.of("javascript:alert('{trace_id}')", "https://traces.example/", "https://a b/{trace_id}")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> TracingFixture.linked(wrong))
                    .withMessageContaining("millrace.tracing.link");
        }
    }

    @Test
    void a_job_without_a_trace_is_in_one_of_its_own() throws Exception {
        TraceContext run = ofRun(null, 1);

        spanOf(null, "run x", run).end();

        var sent = collector.await(span -> span.name().equals("run x"));
        assertThat(sent.traceId()).isEqualTo(JOB.toString().replace("-", ""));
        assertThat(sent.parentId()).isEmpty();
        assertThat(sent.spanId()).isEqualTo(TraceContext.runSpan(JOB, 1));
    }

    @Test
    void whoever_submits_decides_whether_it_is_recorded() {
        String unsampled = "00-" + TRACE + "-00f067aa0ba902b7-00";

        assertThat(tracing.ofRun(unsampled, JOB, 1))
                .isEqualTo(TraceContext.parse(unsampled).orElseThrow());
        assertThat(spanOf(unsampled, "run x", ofRun(unsampled, 1)).isRecording())
                .isFalse();
    }

    @Test
    void without_a_collector_only_what_was_told_is_passed_on() {
        Tracing off = TracingFixture.off();

        assertThat(off.on()).isFalse();
        assertThat(off.ofRun(null, JOB, 1)).isNull();
        assertThat(off.ofRun("tr-1", JOB, 1)).isNull();
        assertThat(off.ofRun(SAMPLED, JOB, 1))
                .isEqualTo(TraceContext.parse(SAMPLED).orElseThrow());
    }

    @Test
    void what_is_left_is_sent_at_the_end() {
        spanOf(SAMPLED, "run last", ofRun(SAMPLED, 1)).end();

        tracing.end();

        assertThat(collector.spans()).anyMatch(span -> span.name().equals("run last"));
    }

    private TraceContext ofRun(@Nullable String kept, int claimSeq) {
        return Objects.requireNonNull(tracing.ofRun(kept, JOB, claimSeq));
    }

    private Span spanOf(@Nullable String kept, String name, TraceContext itself) {
        return tracing.beginOf(kept, JOB, name, SpanKind.CONSUMER, itself, Instant.now());
    }
}
