package io.millrace.worker.child;

import io.millrace.job.Claim;
import io.millrace.job.JobError;
import io.millrace.job.Outcome;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.util.UUID;
import java.util.stream.Stream;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** A child's link to its worker: takes one run after the other from it, until it has gone. */
public final class ParentLink {

    private static final Logger LOG = Logger.getLogger(ParentLink.class);
    private static final int EXITED_BY_TASK = 1;
    private static final int BROKEN = 2;

    private final Channel channel;
    private final Runs runs;

    /** What a child does for its worker. */
    public interface Runs {

        /** Runs a claim to its outcome, on a thread of its own. */
        Outcome run(Claim claim, Reports reports);

        /** The soft time limit of this run has passed, if it is still the one that runs. */
        void softLimit(UUID jobId, int claimSeq);
    }

    /** Where a run tells how far it is. */
    public interface Reports {
        /**
         * Passes on how far a run is.
         *
         * @param step null where the run has named none
         */
        void progress(long current, long total, String status, @Nullable String step);
    }

    private ParentLink(Channel channel, Runs runs) {
        this.channel = channel;
        this.runs = runs;
    }

    /**
     * Serves the worker that has started this process, and ends the process when that worker has gone. Never returns.
     *
     * @param maxMessage the longest message, in bytes
     */
    public static void serve(Runs runs, int maxMessage) {
        String mark = System.getenv(Child.MARK);
        if (mark == null) {
            throw new IllegalStateException(WorkerMain.CHILD + " is for the children that a worker starts itself");
        }
        var channel = new Channel(
                new FileInputStream(FileDescriptor.in),
                new FileOutputStream(FileDescriptor.out),
                mark,
                maxMessage,
                line -> LOG.warnf("the worker has sent what is no message: %s", line));
        Runtime.getRuntime().addShutdownHook(new Thread(ParentLink::endIfATaskWantsIt, "exit"));
        try {
            new ParentLink(channel, runs).serve();
        } catch (IOException | RuntimeException e) {
            LOG.error("the link to the worker is broken", e);
        } finally {
            ProcessTree.killBelow(ProcessHandle.current());
            // No hooks, no farewell: a run may still be under way, and its job belongs to others by now.
            Runtime.getRuntime().halt(0);
        }
    }

    private void serve() throws IOException {
        channel.send(new Message.Ready());
        while (true) {
            switch (channel.receive()) {
                case null -> {
                    return;
                }
                case Message.Run(var claim) ->
                    Thread.ofPlatform().name("job-" + claim.jobId()).start(() -> run(claim));
                case Message.SoftLimit(var jobId, var claimSeq) -> runs.softLimit(jobId, claimSeq);
                case Message.Ready _, Message.Begun _, Message.Progress _, Message.Ended _ ->
                    throw new IOException("a worker does not say that");
            }
        }
    }

    private void run(Claim claim) {
        try {
            channel.send(new Message.Begun());
            Outcome outcome = runs.run(claim, this::report);
            try {
                channel.send(new Message.Ended(outcome));
            } catch (MessageTooLong e) {
                var error = JobError.of("result_too_large", "ResultTooLarge", e);
                channel.send(new Message.Ended(new Outcome.Failed(error, false)));
            }
        } catch (IOException e) {
            // The worker has gone; the thread that reads from it ends this process.
            LOG.debugf("an end of a run did not reach the worker: %s", e.getMessage());
        } catch (RuntimeException | Error e) {
            // Whatever a task throws is an outcome; this is worse, and the worker must not wait for an end.
            LOG.error("a run broke its child", e);
            Runtime.getRuntime().halt(BROKEN);
        }
    }

    private void report(long current, long total, String status, @Nullable String step) {
        try {
            channel.send(new Message.Progress(current, total, status, step));
        } catch (IOException e) {
            LOG.debugf("progress did not reach the worker: %s", e.getMessage());
        }
    }

    /**
     * Called when the Java machine is told to end. A signal is for the worker to heed, which lets runs finish in the time
     * it has (Ctrl-C reaches both); so nothing happens then, and Quarkus waits for a start that never ends. A task that
     * calls {@code System.exit} means it.
     */
    private static void endIfATaskWantsIt() {
        boolean byTask = Thread.getAllStackTraces().values().stream()
                .flatMap(Stream::of)
                .anyMatch(frame -> frame.getClassName().equals("java.lang.Runtime")
                        && frame.getMethodName().equals("exit"));
        if (byTask) {
            System.err.println("ERROR a task has called System.exit");
            Runtime.getRuntime().halt(EXITED_BY_TASK);
        }
    }
}
