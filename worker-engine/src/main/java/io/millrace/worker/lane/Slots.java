package io.millrace.worker.lane;

import io.millrace.queue.Lane;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The slots of a worker, and who gets the next free one.
 *
 * <p>Hints in hand bid for slots: the highest priority wins, among equals the one that has waited longest. A lane that
 * has work but no hint in hand waits for its turn to receive: the highest such lane goes first, and the lower ones wait
 * for what it brings. Lanes that were empty when last asked need no turn, because their fetch stands open and what it
 * brings bids at once. Of every {@code lowLaneShare} slots and turns one goes to the lowest lane, so that nothing starves.
 */
final class Slots {

    private static final Comparator<Bid> MOST_URGENT =
            Comparator.comparingInt(Bid::priority).reversed().thenComparingLong(Bid::since);
    private static final Comparator<Bid> LOWEST_LANE =
            Comparator.comparing(Bid::lane).reversed().thenComparingLong(Bid::since);

    /** Somebody who has hints and no slots yet. */
    private record Bid(int priority, long since, int want) {
        Lane lane() {
            return Lane.of(priority);
        }
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final List<Bid> bids = new ArrayList<>();
    private final List<Turn> contenders = new ArrayList<>();
    private final List<Turn> turns = new ArrayList<>();
    private final int lowLaneShare;
    private final long turnNanos;
    private int capacity;
    private int used;
    private long granted;
    private long turnsGranted;
    private long sequence;

    /** @param lowLaneShare of so many slots one goes to the lowest lane that bids; 0 for none */
    Slots(int capacity, int lowLaneShare) {
        this(capacity, lowLaneShare, TURN);
    }

    /** @param turn how long lower lanes wait for what a higher one brings */
    Slots(int capacity, int lowLaneShare, Duration turn) {
        if (capacity < 1 || lowLaneShare < 0) {
            throw new IllegalArgumentException("capacity " + capacity + ", low lane share " + lowLaneShare);
        }
        this.capacity = capacity;
        this.lowLaneShare = lowLaneShare;
        this.turnNanos = turn.toNanos();
    }

    /**
     * Takes slots as they become free and as it is this bid's turn.
     *
     * @param priority of the most urgent hint
     * @param want how many at most, positive
     * @return how many were taken; 0 if none could be in time
     */
    int take(int priority, int want, Duration patience) throws InterruptedException {
        return take(priority, want, patience, () -> true);
    }

    /** @param wanted whether slots are wanted any more; asked again whenever something changes, and by {@link #stir} */
    int take(int priority, int want, Duration patience, BooleanSupplier wanted) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            var bid = new Bid(priority, sequence++, want);
            bids.add(bid);
            try {
                long left = patience.toNanos();
                while (!(used < capacity && bid.equals(next()))) {
                    if (left <= 0 || !wanted.getAsBoolean()) {
                        return 0;
                    }
                    left = changed.awaitNanos(left);
                }
                int taken = 0;
                while (taken < want && used < capacity && bid.equals(next())) {
                    used++;
                    granted++;
                    taken++;
                }
                return taken;
            } finally {
                bids.remove(bid);
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Whose turn it is. */
    private Bid next() {
        boolean lowestFirst = lowLaneShare > 0 && granted % lowLaneShare == lowLaneShare - 1;
        return bids.stream().min(lowestFirst ? LOWEST_LANE : MOST_URGENT).orElseThrow();
    }

    /** Gives slots back. */
    void free(int count) {
        if (count == 0) {
            return;
        }
        lock.lock();
        try {
            used -= count;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** A lane's turn to receive; over when closed, or as far as others are concerned after a moment. */
    final class Turn implements AutoCloseable {
        private final Lane lane;
        private long since;

        private Turn(Lane lane) {
            this.lane = lane;
        }

        @Override
        public void close() {
            lock.lock();
            try {
                if (turns.remove(this)) {
                    changed.signalAll();
                }
            } finally {
                lock.unlock();
            }
        }
    }

    /** How long lower lanes wait for what a higher one brings; it may bring nothing, where others were quicker. */
    private static final Duration TURN = Duration.ofMillis(20);

    /** Waits until a slot is free and it is this lane's turn to receive. @return null if that did not come true in time */
    @Nullable
    Turn awaitTurn(Lane lane, Duration patience) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            var turn = new Turn(lane);
            contenders.add(turn);
            try {
                long deadline = System.nanoTime() + patience.toNanos();
                while (true) {
                    long now = System.nanoTime();
                    long blocked = used >= capacity ? Long.MAX_VALUE : nanosUntilTurn(turn, now);
                    if (blocked <= 0) {
                        turn.since = now;
                        turns.add(turn);
                        turnsGranted++;
                        return turn;
                    }
                    if (now >= deadline) {
                        return null;
                    }
                    changed.awaitNanos(Math.min(blocked, deadline - now));
                }
            } finally {
                contenders.remove(turn);
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** How long this contender has to wait for higher lanes at most; 0 if it is its turn. */
    private long nanosUntilTurn(Turn mine, long now) {
        boolean lowestFirst = lowLaneShare > 0 && turnsGranted % lowLaneShare == lowLaneShare - 1;
        if (lowestFirst) {
            return contenders.stream().anyMatch(other -> other.lane.compareTo(mine.lane) > 0) ? Long.MAX_VALUE : 0;
        }
        if (contenders.stream().anyMatch(other -> other.lane.compareTo(mine.lane) < 0)) {
            return Long.MAX_VALUE;
        }
        return turns.stream()
                .filter(other -> other.lane.compareTo(mine.lane) < 0)
                .mapToLong(other -> other.since + turnNanos - now)
                .max()
                .orElse(0);
    }

    /** Changes the number of slots. Whoever has one keeps it; a smaller pool gives none before enough have come back. */
    void resize(int slots) {
        if (slots < 1) {
            throw new IllegalArgumentException("capacity " + slots);
        }
        lock.lock();
        try {
            capacity = slots;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Has everybody who stands in line look whether he still wants to. */
    void stir() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** How the pool stands. */
    Load load() {
        lock.lock();
        try {
            return new Load(capacity, used, bids.stream().mapToInt(Bid::want).sum(), contenders.size());
        } finally {
            lock.unlock();
        }
    }

    /** How many hints of this lane are in hand and bid for a slot. */
    int held(Lane lane) {
        lock.lock();
        try {
            return bids.stream()
                    .filter(bid -> bid.lane() == lane)
                    .mapToInt(Bid::want)
                    .sum();
        } finally {
            lock.unlock();
        }
    }

    /** Whether a slot is free right now. */
    boolean anyFree() {
        lock.lock();
        try {
            return used < capacity;
        } finally {
            lock.unlock();
        }
    }

    /** How many lanes wait for their turn. */
    int contending() {
        lock.lock();
        try {
            return contenders.size();
        } finally {
            lock.unlock();
        }
    }

    /** How many stand in line. */
    int bidding() {
        lock.lock();
        try {
            return bids.size();
        } finally {
            lock.unlock();
        }
    }

    /** How many are taken. */
    int used() {
        lock.lock();
        try {
            return used;
        } finally {
            lock.unlock();
        }
    }
}
