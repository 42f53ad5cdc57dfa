package io.millrace.worker.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.job.RetryPolicy;
import io.millrace.task.TaskDefinition;
import io.millrace.worker.task.Task;
import io.millrace.worker.task.TaskMethod;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

class RunnableTaskTest {

    @SuppressWarnings("unused")
    private static final class Tasks {
        @Task(name = "any")
        void any() {}

        @Task(
                name = "listed",
                retryFor = {IOException.class, TimeoutException.class})
        void listed() {}

        @Task(name = "but", doNotRetryFor = IllegalArgumentException.class)
        void but() {}

        @Task(
                name = "both",
                retryFor = IOException.class,
                doNotRetryFor = {FileNotFoundException.class, SocketException.class})
        void both() {}
    }

    private static RunnableTask task(String name) throws NoSuchMethodException {
        Task task = Tasks.class.getDeclaredMethod(name).getAnnotation(Task.class);
        var definition = new TaskDefinition(
                name, "default", 5, RetryPolicy.DEFAULT, null, null, Duration.ofHours(1), null, false, "{}");
        return new RunnableTask(definition, new TaskMethod(task, null, false, (_, _) -> ""), false);
    }

    @Test
    void withoutListsEveryExceptionIsWorthAnotherAttempt() throws Exception {
        assertThat(task("any").retries(new IOException())).isTrue();
        assertThat(task("any").retries(new StackOverflowError())).isTrue();
    }

    @Test
    void aListNarrowsItToWhatIsOnItWithSubclasses() throws Exception {
        assertThat(task("listed").retries(new IOException())).isTrue();
        assertThat(task("listed").retries(new ConnectException())).isTrue();
        assertThat(task("listed").retries(new TimeoutException())).isTrue();
        assertThat(task("listed").retries(new IllegalStateException())).isFalse();
    }

    @Test
    void whatIsNotToBeRetriedIsNotWithSubclasses() throws Exception {
        assertThat(task("but").retries(new NumberFormatException())).isFalse();
        assertThat(task("but").retries(new IOException())).isTrue();
    }

    @Test
    void whatIsNotToBeRetriedGoesBeforeWhatIs() throws Exception {
        assertThat(task("both").retries(new IOException())).isTrue();
        assertThat(task("both").retries(new FileNotFoundException())).isFalse();
        assertThat(task("both").retries(new ConnectException())).isFalse();
        assertThat(task("both").retries(new IllegalStateException())).isFalse();
    }
}
