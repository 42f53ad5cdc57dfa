package io.millrace.api.job;

import static io.millrace.testing.JobFixture.aJob;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.job.NewJob;
import io.millrace.testing.FakeCollector;
import io.millrace.trace.TraceContext;
import io.millrace.trace.Tracing;
import io.millrace.trace.TracingFixture;
import java.time.Clock;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SubmissionTraceTest {

    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String CALLER = "00f067aa0ba902b7";
    private static final String TRACEPARENT = "00-" + TRACE + "-" + CALLER + "-01";

    private final FakeCollector collector = new FakeCollector(0);
    private final SubmissionTraces traces = traces(TracingFixture.to(collector.endpoint()));

    private static SubmissionTraces traces(Tracing tracing) {
        return new SubmissionTraces(tracing, Clock.systemUTC());
    }

    @AfterEach
    void end() {
        collector.close();
    }

    @Test
    void a_job_is_below_its_submission_and_that_below_the_caller() throws Exception {
        SubmissionTrace trace = traces.begin(TRACEPARENT);
        NewJob job = trace.of(aJob().ofTask("demo.echo").submitted());
        var _ = trace.until(CompletableFuture.completedStage(job));

        var span = collector.await(sent -> sent.name().equals("submit demo.echo"));
        assertThat(span.traceId()).isEqualTo(TRACE);
        assertThat(span.parentId()).isEqualTo(CALLER);
        assertThat(span.kind()).isEqualTo("SPAN_KIND_PRODUCER");
        assertThat(span.attributes()).containsEntry("millrace.job.id", job.id().toString());
        assertThat(job.traceId()).isEqualTo("00-" + TRACE + "-" + span.spanId() + "-01");
    }

    @Test
    void without_a_caller_a_trace_begins_and_a_trace_id_in_the_body_is_kept() {
        assertThat(TraceContext.parse(traces.begin(null).of(aJob().submitted()).traceId()))
                .isPresent();
        assertThat(TraceContext.shown(traces.begin(null)
                        .of(aJob().submitted().withTraceId(TRACE))
                        .traceId()))
                .isEqualTo(TRACE);
    }

    @Test
    void a_word_of_the_callers_stays_what_it_is() {
        assertThat(traces.begin(TRACEPARENT)
                        .of(aJob().submitted().withTraceId("tr-1"))
                        .traceId())
                .isEqualTo("tr-1");
    }

    @Test
    void a_request_with_many_jobs_has_one_span() throws Exception {
        SubmissionTrace trace = traces.beginMany(null);
        NewJob one = trace.of(aJob().submitted());
        NewJob other = trace.of(aJob().submitted());
        trace.accepted();

        var span = collector.await(sent -> sent.name().equals("submit jobs"));
        assertThat(one.traceId()).isEqualTo(other.traceId()).contains(span.spanId());
        assertThat(span.attributes()).containsEntry("millrace.jobs", "2");
    }

    @Test
    void without_a_collector_the_header_goes_with_the_job() {
        SubmissionTraces off = traces(TracingFixture.off());

        assertThat(off.begin(TRACEPARENT).of(aJob().submitted()).traceId()).isEqualTo(TRACEPARENT);
        assertThat(off.begin("nonsense").of(aJob().submitted()).traceId()).isNull();
        assertThat(off.begin(null)).isEqualTo(new SubmissionTrace.PassedOn(null));
    }
}
