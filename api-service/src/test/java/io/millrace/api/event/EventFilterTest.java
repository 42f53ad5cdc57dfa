package io.millrace.api.event;

import static io.millrace.testing.JobFixture.aJob;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.api.problem.FieldError;
import io.millrace.api.problem.Problem;
import io.millrace.event.EventWriter;
import io.millrace.event.JobEvent;
import io.millrace.event.Subject;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class EventFilterTest {

    private static final UUID BATCH = UUID.fromString("01890a5d-ac96-774b-bcce-b302099a8057");
    private static final Subject SUBJECT = new Subject(UUID.randomUUID(), "demo.echo", "jobs", 1, BATCH, null);

    /** An event of task demo.echo on queue jobs, state PENDING. */
    private static HeardEvent heard() {
        byte[] value =
                new EventWriter().write(JobEvent.due(SUBJECT, Instant.EPOCH)).take();
        return HeardEvent.read(0, 5, value).getFirst();
    }

    @Test
    void without_parameters_everything_is_shown() {
        assertThat(EventFilter.of(null, "", null, null).matches(heard())).isTrue();
    }

    @Test
    void several_values_mean_any_of_them() {
        assertThat(EventFilter.of("default, jobs", null, null, null).matches(heard()))
                .isTrue();
        assertThat(EventFilter.of("default,cron", null, null, null).matches(heard()))
                .isFalse();
    }

    @Test
    void every_parameter_must_match() {
        assertThat(EventFilter.of("jobs", "demo.echo", "pending", BATCH.toString())
                        .matches(heard()))
                .isTrue();
        assertThat(EventFilter.of("jobs", "demo.add", null, null).matches(heard()))
                .isFalse();
        assertThat(EventFilter.of("jobs", null, "STARTED", null).matches(heard()))
                .isFalse();
        assertThat(EventFilter.of(null, null, null, UUID.randomUUID().toString())
                        .matches(heard()))
                .isFalse();
    }

    @Test
    void a_job_is_told_from_others() {
        assertThat(EventFilter.ofJob(SUBJECT.jobId()).matches(heard())).isTrue();
        assertThat(EventFilter.ofJob(UUID.randomUUID()).matches(heard())).isFalse();
    }

    @Test
    void each_parameter_that_is_not_understood_is_named() {
        assertThatThrownBy(() -> EventFilter.of(null, null, "PENDING,HAPPY", "7"))
                .isInstanceOfSatisfying(
                        Problem.class,
                        problem -> assertThat(problem.errors())
                                .extracting(FieldError::field)
                                .containsExactlyInAnyOrder("state", "batch_id"));
    }

    @Test
    void an_id_says_where_to_go_on() {
        assertThat(EventId.parse("3-1234567890123-42")).contains(new EventId(3, 1234567890123L, 42));
        assertThat(new EventId(3, 1234567890123L, 42)).hasToString("3-1234567890123-42");
        assertThat(EventId.parse("yesterday")).isEmpty();
        assertThat(EventId.parse(null)).isEmpty();
        assertThat(new EventId(0, 4, 9).upTo(new EventId(0, 5, 0))).isTrue();
        assertThat(new EventId(0, 5, 1).upTo(new EventId(0, 5, 0))).isFalse();
        assertThat(new EventId(1, 4, 0).upTo(new EventId(0, 5, 0))).isFalse();
    }

    @Test
    void a_record_is_read_line_by_line_and_what_is_no_event_is_left_out() {
        byte[] first =
                new EventWriter().write(JobEvent.submitted(aJob().submitted())).take();
        byte[] last =
                new EventWriter().write(JobEvent.due(SUBJECT, Instant.EPOCH)).take();
        byte[] value = (new String(first, StandardCharsets.UTF_8) + "hello\n[]\n{}\n"
                        + new String(last, StandardCharsets.UTF_8))
                .getBytes(StandardCharsets.UTF_8);

        List<HeardEvent> events = HeardEvent.read(0, 7, value);

        assertThat(events).extracting(HeardEvent::id).containsExactly(new EventId(0, 7, 0), new EventId(0, 7, 4));
        assertThat(events.getLast().frame())
                .hasToString("id: 0-7-4\ndata: " + new String(last, StandardCharsets.UTF_8) + "\n");
    }

    @Test
    void a_stream_of_one_project_shows_nothing_of_others_or_of_none() {
        EventFilter ofP = EventFilter.of(null, null, null, null).within("p");

        assertThat(ofP.matches(heardOf("p"))).isTrue();
        assertThat(ofP.matches(heardOf("q"))).isFalse();
        assertThat(ofP.matches(heardOf(null))).isFalse();
        assertThat(EventFilter.of(null, null, null, null).within("null").matches(heardOf(null)))
                .isFalse();
    }

    private static HeardEvent heardOf(@Nullable String project) {
        var subject = new Subject(UUID.randomUUID(), "demo.echo", "jobs", 1, null, project);
        byte[] value =
                new EventWriter().write(JobEvent.due(subject, Instant.EPOCH)).take();
        return HeardEvent.read(0, 5, value).getFirst();
    }
}
