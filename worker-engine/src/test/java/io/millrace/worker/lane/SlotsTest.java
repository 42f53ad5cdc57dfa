package io.millrace.worker.lane;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.queue.Lane;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SlotsTest {

    private static final Duration LONG = Duration.ofSeconds(20);

    /** Starts a bid and waits until it stands in line, so that the order of bids is the test's. */
    private static Thread bid(Slots slots, int priority, List<Integer> order) throws InterruptedException {
        int before = slots.bidding();
        var thread = Thread.ofVirtual().start(() -> {
            try {
                if (slots.take(priority, 1, LONG) == 1) {
                    order.add(priority);
                    slots.free(1);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        while (slots.bidding() == before) {
            Thread.onSpinWait();
        }
        return thread;
    }

    @Test
    void aFreeSlotGoesToTheHighestPriorityAndAmongEqualsToTheOldest() throws Exception {
        var slots = new Slots(1, 0);
        slots.take(5, 1, LONG);
        List<Integer> order = Collections.synchronizedList(new ArrayList<>());
        var threads = new ArrayList<Thread>();
        for (int priority : new int[] {0, 9, 4, 10, 5}) {
            threads.add(bid(slots, priority, order));
        }

        slots.free(1);

        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(order).containsExactly(10, 9, 5, 4, 0);
    }

    @Test
    void ofSoManySlotsOneGoesToTheLowestLane() throws Exception {
        var slots = new Slots(1, 3);
        slots.take(5, 1, LONG);
        List<Integer> order = Collections.synchronizedList(new ArrayList<>());
        var threads = new ArrayList<Thread>();
        for (int priority : new int[] {0, 9, 9, 9}) {
            threads.add(bid(slots, priority, order));
        }

        slots.free(1);

        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(order).containsExactly(9, 0, 9, 9);
    }

    @Test
    void aBidThatGetsNothingInTimeEnds() throws Exception {
        var slots = new Slots(1, 0);
        slots.take(5, 1, LONG);

        assertThat(slots.take(10, 1, Duration.ofMillis(20))).isZero();
        assertThat(slots.bidding()).isZero();
    }

    @Test
    void aBidTakesWhatIsFreeUpToWhatItWants() throws Exception {
        var slots = new Slots(8, 0);

        assertThat(slots.take(5, 5, LONG)).isEqualTo(5);
        assertThat(slots.take(5, 5, LONG)).isEqualTo(3);
        assertThat(slots.anyFree()).isFalse();
    }

    @Test
    void theHighestLaneWithWorkReceivesFirstWhenASlotBecomesFree() throws Exception {
        // So long a turn is over when it is closed, and not when its thread has not been run for a moment.
        var slots = new Slots(1, 0, Duration.ofMinutes(1));
        slots.take(5, 1, LONG);
        List<Lane> order = Collections.synchronizedList(new ArrayList<>());
        var threads = new ArrayList<Thread>();
        for (Lane lane : new Lane[] {Lane.LOW, Lane.NORMAL, Lane.URGENT, Lane.HIGH}) {
            int before = slots.contending();
            threads.add(Thread.ofVirtual().start(() -> {
                try (var turn = slots.awaitTurn(lane, LONG)) {
                    order.add(lane);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }));
            while (slots.contending() == before) {
                Thread.onSpinWait();
            }
        }

        slots.free(1);

        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(order).containsExactly(Lane.URGENT, Lane.HIGH, Lane.NORMAL, Lane.LOW);
    }

    @Test
    void aHigherLaneThatBringsNothingHoldsLowerOnesUpOnlyForAMoment() throws Exception {
        var slots = new Slots(2, 0);

        try (var urgent = slots.awaitTurn(Lane.URGENT, LONG);
                var low = slots.awaitTurn(Lane.LOW, LONG)) {
            assertThat(urgent).isNotNull();
            assertThat(low).isNotNull();
        }
    }

    @Test
    void withoutAFreeSlotNobodyHasATurn() throws Exception {
        var slots = new Slots(1, 0);
        slots.take(5, 1, LONG);

        assertThat(slots.awaitTurn(Lane.URGENT, Duration.ofMillis(20))).isNull();
    }

    @Test
    void aPoolThatGrowsGivesItsNewSlotsToWhoWaits() throws Exception {
        var slots = new Slots(1, 0);
        slots.take(5, 1, LONG);
        List<Integer> order = Collections.synchronizedList(new ArrayList<>());
        Thread waiting = bid(slots, 7, order);

        slots.resize(2);

        assertThat(waiting.join(Duration.ofSeconds(5))).isTrue();
        assertThat(order).containsExactly(7);
    }

    @Test
    void aPoolThatShrinksTakesNoSlotFromAnybodyAndGivesNoneUntilEnoughHaveComeBack() throws Exception {
        var slots = new Slots(4, 0);
        slots.take(5, 4, LONG);

        slots.resize(2);

        assertThat(slots.load().used()).isEqualTo(4);
        assertThat(slots.load().inForce()).isEqualTo(4);
        slots.free(2);
        assertThat(slots.take(5, 1, Duration.ofMillis(20))).isZero();
        assertThat(slots.load().inForce()).isEqualTo(2);
        slots.free(1);
        assertThat(slots.take(5, 2, LONG)).isEqualTo(1);
    }

    @Test
    void whoNoLongerWantsASlotLeavesTheLineAtOnceWhenStirred() throws Exception {
        var slots = new Slots(1, 0);
        slots.take(5, 1, LONG);
        var wanted = new AtomicBoolean(true);
        var taken = new AtomicInteger(-1);
        var waiting = Thread.ofVirtual().start(() -> {
            try {
                taken.set(slots.take(5, 1, LONG, wanted::get));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        while (slots.bidding() == 0) {
            Thread.onSpinWait();
        }
        assertThat(slots.load().held()).isEqualTo(1);

        wanted.set(false);
        slots.stir();

        assertThat(waiting.join(Duration.ofSeconds(5))).isTrue();
        assertThat(taken).hasValue(0);
    }

    @Test
    void neverAreMoreSlotsTakenThanThereAre() throws Exception {
        var slots = new Slots(4, 10);
        var used = new AtomicInteger();
        var most = new AtomicInteger();
        var done = new CountDownLatch(16);
        for (int i = 0; i < 16; i++) {
            int priority = i % 11;
            Thread.ofVirtual().start(() -> {
                try {
                    for (int round = 0; round < 500; round++) {
                        int taken = slots.take(priority, 3, LONG);
                        most.accumulateAndGet(used.addAndGet(taken), Math::max);
                        used.addAndGet(-taken);
                        slots.free(taken);
                    }
                    done.countDown();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
        }

        assertThat(done.await(60, TimeUnit.SECONDS)).isTrue();
        assertThat(most.get()).isBetween(1, 4);
        assertThat(slots.used()).isZero();
    }
}
