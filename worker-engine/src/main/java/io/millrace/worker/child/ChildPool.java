package io.millrace.worker.child;

import io.millrace.worker.Capacity;
import io.millrace.worker.child.ChildMetrics.Reason;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The warm children of a worker. They are started when they are needed, stay for the next run, are replaced after so many
 * or when they have grown too large, and leave when nothing has come for a while.
 */
@Singleton
public class ChildPool {

    private static final Logger LOG = Logger.getLogger(ChildPool.class);
    private static final int BETWEEN_ROUNDS_SECONDS = 1;

    private final IsolationConfig config;
    private final Supplier<List<String>> command;
    private final IntSupplier most;
    private final ChildMetrics metrics;

    /** All that are ready, the idle ones among them. */
    private final Set<Child> alive = new HashSet<>();

    /** The one used last is taken first, so that those not needed get to rest. */
    private final Deque<Child> idle = new ArrayDeque<>();

    private int starting;
    private boolean open = true;
    private boolean tended;

    @Inject
    ChildPool(IsolationConfig config, Capacity capacity, ChildMetrics metrics) {
        this(
                config,
                () -> ChildCommand.of(config),
                () -> Math.min(
                        capacity.concurrency(),
                        config.maxChildren()
                                .orElseGet(
                                        () -> Math.max(2, Runtime.getRuntime().availableProcessors()))),
                metrics);
    }

    ChildPool(IsolationConfig config, Supplier<List<String>> command, IntSupplier most, ChildMetrics metrics) {
        this.config = config;
        this.command = command;
        this.most = () -> Math.max(1, most.getAsInt());
        this.metrics = metrics;
        metrics.alive(this::count);
    }

    /** Starts the children that are to be kept in any case. */
    public void begin() {
        if (config.minChildren() > 0) {
            tend();
        }
    }

    /**
     * A child for one run: a warm one, or a new one, or as soon as there may be no more of them, one that becomes free.
     *
     * @throws NoChild if none can be started
     */
    public Child take() throws InterruptedException, NoChild {
        tend();
        synchronized (this) {
            while (true) {
                if (!open) {
                    throw new NoChild("the worker leaves");
                }
                Child warm = idle.pollLast();
                if (warm != null && warm.isAlive()) {
                    return warm;
                } else if (warm == null && mayStartOneMore()) {
                    starting++;
                    break;
                } else if (warm == null) {
                    wait();
                } else {
                    // It has just died, and the word of that is on its way.
                    alive.remove(warm);
                }
            }
        }
        return start();
    }

    private boolean mayStartOneMore() {
        return open && alive.size() + starting < most.getAsInt();
    }

    /** Starts a child for which a place is taken. */
    private Child start() throws InterruptedException, NoChild {
        Child child = null;
        try {
            child = Child.start(
                    command.get(), Math.toIntExact(config.maxMessage().asLongValue()));
            child.awaitReady(config.startTimeout());
            metrics.started();
            LOG.debugf("a child has started child=%d", child.pid());
            enter(child);
            return child;
        } catch (IOException | ChildGone | RuntimeException e) {
            throw new NoChild("no child starts: " + e.getMessage());
        } finally {
            leaveNothingHalfStarted(child);
        }
    }

    private synchronized void enter(Child child) {
        alive.add(child);
        child.whenGone(() -> goneWhileIdle(child));
    }

    private void leaveNothingHalfStarted(@Nullable Child child) {
        boolean ready;
        synchronized (this) {
            starting--;
            ready = child != null && open && alive.contains(child);
            notifyAll();
        }
        if (child != null && !ready) {
            forget(child);
            child.kill();
        }
    }

    /**
     * Takes a child back whose run has ended in order.
     *
     * @param ownMost how many runs the task allows a child, 0 if it leaves that to the worker
     */
    public void giveBack(Child child, int ownMost) {
        int mostRuns = ownMost > 0 ? ownMost : config.maxTasksPerChild();
        if (mostRuns > 0 && child.runs() >= mostRuns) {
            replace(child, Reason.MAX_TASKS);
        } else if (isTooLarge(child)) {
            replace(child, Reason.MEMORY);
        } else {
            rest(child);
        }
    }

    private boolean isTooLarge(Child child) {
        return config.maxMemoryPerChild()
                .map(most -> child.memory().orElse(0) > most.asLongValue())
                .orElse(false);
    }

    private void replace(Child child, Reason reason) {
        LOG.debugf("a child is replaced child=%d runs=%d reason=%s", child.pid(), child.runs(), reason);
        forget(child);
        metrics.replaced(reason);
        child.dismiss();
        startOneMore();
    }

    private synchronized void rest(Child child) {
        if (!child.isAlive()) {
            // It died between its run and its rest, when nobody looked.
            forget(child);
        } else if (open && alive.contains(child)) {
            child.idleSince(System.nanoTime());
            idle.addLast(child);
            notifyAll();
        }
    }

    /**
     * Ends a child in the middle of its run, with all it has started.
     *
     * @param replace whether another one is to take its place
     */
    public void kill(Child child, String reason, boolean replace) {
        forget(child);
        metrics.killed(reason);
        child.kill();
        LOG.infof("a child was killed child=%d reason=%s", child.pid(), reason);
        if (replace) {
            startOneMore();
        }
    }

    /** A child was found gone; what it had started, ends. */
    public void lost(Child child) {
        forget(child);
        metrics.lost();
        child.kill();
        startOneMore();
    }

    private void goneWhileIdle(Child child) {
        boolean was;
        synchronized (this) {
            was = idle.remove(child);
        }
        if (was) {
            LOG.warnf("a child has ended while it was idle child=%d", child.pid());
            forget(child);
            metrics.lost();
        }
    }

    private synchronized void forget(Child child) {
        alive.remove(child);
        idle.remove(child);
        notifyAll();
    }

    /** Where one was needed, another will be: it starts in the background, if there is room. */
    private void startOneMore() {
        synchronized (this) {
            if (!mayStartOneMore()) {
                return;
            }
            starting++;
        }
        Thread.ofVirtual().name("child-start").start(() -> {
            try {
                rest(start());
            } catch (NoChild e) {
                LOG.warnf("a child was not replaced: %s", e.getMessage());
            } catch (InterruptedException e) {
                LOG.debug("a child was not replaced, the worker leaves");
            }
        });
    }

    /** How many there are. */
    synchronized int count() {
        return alive.size();
    }

    private synchronized void tend() {
        if (!tended) {
            tended = true;
            Thread.ofVirtual().name("children").start(this::run);
        }
    }

    private void run() {
        try {
            while (isOpen()) {
                runOnce(System.nanoTime());
                TimeUnit.SECONDS.sleep(BETWEEN_ROUNDS_SECONDS);
            }
        } catch (InterruptedException e) {
            LOG.debug("children are no longer tended");
        }
    }

    private synchronized boolean isOpen() {
        return open;
    }

    /** Lets those go that have been idle for long, and starts what is missing. */
    void runOnce(long now) {
        for (Child child : idleForLong(now)) {
            metrics.replaced(Reason.IDLE);
            child.dismiss();
        }
        int missing;
        synchronized (this) {
            missing = config.minChildren() - alive.size() - starting;
        }
        for (int i = 0; i < missing; i++) {
            startOneMore();
        }
    }

    private synchronized List<Child> idleForLong(long now) {
        int tooMany = Math.max(0, alive.size() - config.minChildren());
        List<Child> leaving = idle.stream()
                .filter(child -> now - child.idleSince() > config.idleTime().toNanos())
                .limit(tooMany)
                .toList();
        leaving.forEach(this::forget);
        return leaving;
    }

    /** Ends all of them. */
    @PreDestroy
    void close() {
        List<Child> rest;
        synchronized (this) {
            open = false;
            rest = List.copyOf(alive);
            alive.clear();
            idle.clear();
            notifyAll();
        }
        rest.forEach(Child::kill);
    }
}
