package io.millrace.worker.child;

import static io.millrace.testing.JobFixture.aJob;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Map;

/** A worker that has a child spin, says on its output which one, and waits to be killed. */
public final class StubParent {

    private StubParent() {}

    public static void main(String... args) throws Exception {
        var pool = StubChildren.pool(Map.of(), new SimpleMeterRegistry());
        Child child = pool.take();
        child.run(aJob().ofTask("family").claimed(), Map.of());
        while (true) {
            if (child.next(Duration.ofSeconds(1)) instanceof Message.Progress(var pid, var _, var _, var _)) {
                System.out.println(child.pid() + " " + pid);
            }
        }
    }
}
