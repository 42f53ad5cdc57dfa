package io.millrace.testkit;

import static io.millrace.testkit.JobAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.MillraceTest.Tasks;
import io.millrace.worker.run.Rehearsal.Interruption;
import io.millrace.worker.task.RetryAfter;
import io.millrace.worker.task.Snooze;
import io.millrace.worker.task.Task;
import io.millrace.worker.task.TaskContext;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotEmpty;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** The example of {@code docs/testing.md}: what is shown there is here, word by word. */
@SuppressWarnings("UnusedVariable") // the extension reads the field with the tasks
class RemindersTest {

    /** What the task sends with; there is a real one and, below, one that does as it is told. */
    interface Mail {
        void send(String idempotencyKey, String to);
    }

    static class Reminders {

        record Remind(@NotEmpty List<@NotBlank String> guests) {}

        record Sent(int mails) {}

        private final Mail mail;
        private final Clock clock;

        Reminders(Mail mail, Clock clock) {
            this.mail = mail;
            this.clock = clock;
        }

        @Task(name = "remind", queue = "low_priority", maxRetries = 2, retryDelay = "10s", softTimeLimit = "1m")
        Sent remind(Remind args, TaskContext context) {
            if (LocalTime.now(clock).isBefore(LocalTime.of(8, 0))) {
                throw new Snooze(Duration.ofHours(8));
            }
            int sent = 0;
            for (String guest : args.guests()) {
                context.checkpoint();
                mail.send(context.jobId() + guest, guest);
                sent++;
                context.progress(sent, args.guests().size(), "sending");
            }
            return new Sent(sent);
        }
    }

    /** Takes every mail once, whatever happens; before that, does what the test has planned. */
    static class FakeMail implements Mail {
        final List<String> sent = new ArrayList<>();
        final Deque<Consumer<String>> plan = new ArrayDeque<>();

        @Override
        public void send(String idempotencyKey, String to) {
            if (!plan.isEmpty()) {
                plan.remove().accept(to);
            }
            if (!sent.contains(idempotencyKey)) {
                sent.add(idempotencyKey);
            }
        }
    }

    @MillraceTest
    static class Example {

        private final TestClock clock = new TestClock();
        private final FakeMail mail = new FakeMail();

        @Tasks
        private final Reminders reminders = new Reminders(mail, clock);

        @Test
        void everyGuestGetsAMail(TestEngine engine) {
            var job = engine.submit("remind", new Reminders.Remind(List.of("ada@example.com", "bob@example.com")));

            engine.runUntilIdle();

            assertThat(job).succeededWith(new Reminders.Sent(2)).reported(1, 2, "sending");
            assertThat(mail.sent).hasSize(2);
        }

        @Test
        void aMailServerThatIsAwayIsTriedAgainTwice(TestEngine engine) {
            mail.plan.add(_ -> {
                throw new IllegalStateException("connection refused");
            });
            mail.plan.add(_ -> {
                throw new RetryAfter("too many mails", Duration.ofMinutes(5));
            });
            var job = engine.submit("remind", "{\"guests\": [\"ada@example.com\"]}");

            engine.runUntilIdle();
            assertThat(job).retriesIn(Duration.ofSeconds(10)).hasError("IllegalStateException");

            engine.finish(job);
            assertThat(job).succeeded().waitedBetweenRuns(Duration.ofSeconds(10), Duration.ofMinutes(5));
        }

        @Test
        void aWorkerThatDiesInTheMiddleMakesNoGuestGetTwoMails(TestEngine engine) {
            var job = engine.submit("remind", new Reminders.Remind(List.of("ada@example.com", "bob@example.com")));
            job.atCheckpoint(3, Interruption.WORKER_LOST);

            engine.runUntilIdle();

            assertThat(job).succeeded().hasRun(2);
            assertThat(mail.sent).hasSize(2);
        }

        @Test
        void aSlowMailServerEndsTheRunAtItsSoftLimit(TestEngine engine) {
            mail.plan.add(_ -> clock.advance(Duration.ofMinutes(2)));
            var job = engine.job("remind")
                    .args(new Reminders.Remind(List.of("ada@example.com", "bob@example.com")))
                    .maxRetries(0)
                    .submit();

            engine.runUntilIdle();

            assertThat(job).failedWith("SoftTimeLimitExceeded");
        }

        @Test
        void nobodyIsRemindedAtNight(TestEngine engine) {
            clock.advance(Duration.ofHours(12));
            var job = engine.submit("remind", new Reminders.Remind(List.of("ada@example.com")));

            engine.runUntilIdle();
            assertThat(job).snoozedFor(Duration.ofHours(8));

            engine.advance(Duration.ofHours(9));
            assertThat(job).succeeded();
            assertThat(clock.instant().atOffset(ZoneOffset.UTC).getHour()).isEqualTo(9);
        }
    }

    @Test
    void whoWantsOnlyTheResultRunsItEagerly() {
        var reminders = new Reminders(new FakeMail(), new TestClock());

        var sent = Eager.run(reminders, "remind", new Reminders.Remind(List.of("ada@example.com")));

        assertThat(sent.result(Reminders.Sent.class).mails()).isEqualTo(1);
    }
}
