package io.millrace.worker.child;

import static io.millrace.testing.Soon.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Real processes, each a Java of its own. */
class ChildPoolTest {

    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    private @Nullable ChildPool pool;

    @AfterEach
    void leaveNoProcessBehind() {
        if (pool != null) {
            pool.close();
        }
    }

    private ChildPool poolOf(Map<String, String> settings) {
        pool = StubChildren.pool(settings, metrics);
        return pool;
    }

    private static Child takeQuietly(ChildPool pool) {
        try {
            return pool.take();
        } catch (InterruptedException | NoChild e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aPoolThatNobodyAsksHasNoChildren() {
        var all = poolOf(Map.of());
        all.begin();

        all.runOnce(System.nanoTime());

        assertThat(all.count()).isZero();
        assertThat(metrics.get("millrace.worker.children.started").counter().count())
                .isZero();
    }

    @Test
    void aChildThatWasGivenBackIsTakenAgain() throws Exception {
        var all = poolOf(Map.of());
        Child first = all.take();

        all.giveBack(first, 0);

        assertThat(all.take()).isSameAs(first);
        assertThat(metrics.get("millrace.worker.children").gauge().value()).isEqualTo(1);
    }

    @Test
    void aChildThatDiedBeforeItCouldRestLeavesItsPlace() throws Exception {
        var all = poolOf(Map.of("max-children", "1"));
        Child dead = all.take();
        dead.kill();

        all.giveBack(dead, 0);

        assertThat(all.count()).isZero();
        assertThat(all.take().isAlive()).isTrue();
    }

    @Test
    void whoeverComesWhenThereMayBeNoMoreWaitsForOne() throws Exception {
        var all = poolOf(Map.of("max-children", "1"));
        Child only = all.take();
        var second = CompletableFuture.supplyAsync(() -> takeQuietly(all));

        assertThat(second).isNotDone();
        all.giveBack(only, 0);

        assertThat(second.get(20, TimeUnit.SECONDS)).isSameAs(only);
    }

    @Test
    void aChildThatHasBeenIdleForLongLeavesByItself() throws Exception {
        var all = poolOf(Map.of());
        Child child = all.take();
        all.giveBack(child, 0);

        all.runOnce(System.nanoTime() + Duration.ofMinutes(6).toNanos());

        assertThat(all.count()).isZero();
        soon().until(() -> !child.isAlive());
        assertThat(metrics.get("millrace.worker.children.replaced")
                        .tag("reason", "idle")
                        .counter()
                        .count())
                .isEqualTo(1);
    }

    @Test
    void theLeastThereAreToBeAreStartedAtOnceAndStay() throws Exception {
        var all = poolOf(Map.of("min-children", "1"));

        all.begin();
        soon().until(() -> all.count() == 1);
        Child child = all.take();
        all.giveBack(child, 0);
        all.runOnce(System.nanoTime() + Duration.ofMinutes(6).toNanos());

        assertThat(all.count()).isEqualTo(1);
        assertThat(child.isAlive()).isTrue();
    }

    @Test
    void aChildThatDoesNotBecomeReadyIsNoneAndLeavesItsPlace() {
        var all = StubChildren.pool(Map.of("max-children", "1"), List.of("false"), metrics);

        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(all::take).isInstanceOf(NoChild.class).hasMessageContaining("exit status 1");
        }
    }

    @Test
    void aPoolThatIsClosedEndsItsChildrenAndGivesNoneAnyMore() throws Exception {
        var all = poolOf(Map.of());
        Child child = all.take();

        all.close();

        assertThat(child.isAlive()).isFalse();
        assertThatThrownBy(all::take).isInstanceOf(NoChild.class);
    }
}
