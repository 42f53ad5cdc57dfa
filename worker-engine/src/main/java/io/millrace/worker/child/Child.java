package io.millrace.worker.child;

import io.millrace.job.Claim;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** One child process, as its worker sees it: it is told to run a job, and says what comes of it. */
public final class Child {

    private static final Logger LOG = Logger.getLogger(Child.class);

    /** The environment variable by which a child knows how messages begin, and by which its descendants are found. */
    static final String MARK = "MILLRACE_CHILD";

    private static final int INBOX = 256;
    private static final int SIGNALLED = 128;
    private static final Duration TO_DIE = Duration.ofSeconds(5);
    private static final Duration TO_LEAVE = Duration.ofSeconds(5);

    private final Process process;
    private final Channel channel;
    private final ChildLog log;
    private final String mark;

    /** What it has said; nothing as the last means that it has gone. */
    private final BlockingQueue<Optional<Message>> inbox = new ArrayBlockingQueue<>(INBOX);

    private final Thread reader;
    private volatile @Nullable String protest;
    private int runs;
    private long idleSince;

    private Child(Process process, String mark, int maxMessage) {
        this.process = process;
        this.mark = mark;
        this.log = new ChildLog(process.pid());
        this.channel = new Channel(process.getInputStream(), process.getOutputStream(), mark, maxMessage, log::log);
        this.reader = Thread.ofPlatform()
                .name("child-" + process.pid() + "-messages")
                .daemon()
                .start(this::read);
        Thread.ofPlatform()
                .name("child-" + process.pid() + "-log")
                .daemon()
                .start(() -> log.copy(process.getErrorStream()));
    }

    /** Starts a process; it is not ready yet. */
    static Child start(List<String> command, int maxMessage) throws IOException {
        String mark = "millrace-"
                + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
        var builder = new ProcessBuilder(command);
        builder.environment().put(MARK, mark);
        return new Child(builder.start(), mark, maxMessage);
    }

    public long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    void whenGone(Runnable action) {
        CompletableFuture<Void> _ = process.onExit().thenRun(action);
    }

    /** Waits until it can run jobs. */
    void awaitReady(Duration patience) throws InterruptedException, ChildGone {
        Message first = next(patience);
        if (!(first instanceof Message.Ready)) {
            throw new ChildGone(first == null ? "not ready within " + patience : "it began with " + first);
        }
    }

    /**
     * Has a claim run here.
     *
     * @param words what the lines that it logs are to carry
     */
    public void run(Claim claim, Map<String, Object> words) throws MessageTooLong {
        runs++;
        log.belongsTo(words);
        send(new Message.Run(claim));
    }

    /** Tells it that the soft time limit of its run has passed. */
    public void softLimit(Claim claim) throws MessageTooLong {
        send(new Message.SoftLimit(claim.jobId(), claim.claimSeq()));
    }

    /** Sends without waiting: a child that does not read must not keep its run's watcher from killing it. */
    private void send(Message message) throws MessageTooLong {
        byte[] line = channel.encode(message);
        Thread.ofVirtual().name("child-" + pid() + "-send").start(() -> {
            try {
                channel.write(line);
            } catch (IOException e) {
                // It has gone; whoever waits for its next message learns how.
                LOG.debugf("a message did not reach child %d: %s", pid(), e.getMessage());
            }
        });
    }

    /**
     * What it says next.
     *
     * @return null if it says nothing in time
     * @throws ChildGone if it will not say anything any more
     */
    public @Nullable Message next(Duration patience) throws InterruptedException, ChildGone {
        Optional<Message> message = inbox.poll(patience.toNanos(), TimeUnit.NANOSECONDS);
        if (message == null) {
            return null;
        }
        return message.orElseThrow(() -> new ChildGone(howItEnded()));
    }

    private void read() {
        try {
            Message message;
            while ((message = channel.receive()) != null) {
                inbox.put(Optional.of(message));
            }
        } catch (IOException e) {
            // Its pipe breaks when it is killed; otherwise it has broken the rules, and nobody knows what it does now.
            if (process.isAlive()) {
                protest = e.getMessage();
                kill();
            }
        } catch (InterruptedException e) {
            // It was given up, and nobody listens any more.
            return;
        }
        try {
            if (!process.waitFor(TO_DIE.toMillis(), TimeUnit.MILLISECONDS)) {
                kill();
            }
            inbox.put(Optional.empty());
        } catch (InterruptedException e) {
            LOG.debugf("child %d was given up", pid());
        }
    }

    private String howItEnded() {
        String why = protest;
        return why != null ? why : process.isAlive() ? "its output ended" : describe(process.exitValue());
    }

    /** Java says 128 + n for a process that signal n has ended. */
    static String describe(int status) {
        String text = "exit status " + status;
        return switch (status - SIGNALLED) {
            case 6 -> text + ", signal 6 (SIGABRT)";
            case 9 -> text + ", signal 9 (SIGKILL)";
            case 11 -> text + ", signal 11 (SIGSEGV)";
            case 15 -> text + ", signal 15 (SIGTERM)";
            default -> status == 3 ? text + ", as after running out of memory" : text;
        };
    }

    /** Ends it with all it has started, whatever they do, and waits until it is gone. */
    void kill() {
        // Whoever kills may have been interrupted to that end; this must be done all the same, and takes no time.
        boolean interrupted = Thread.interrupted();
        ProcessTree.kill(process.toHandle(), mark);
        if (!Thread.currentThread().equals(reader)) {
            reader.interrupt();
        }
        try {
            if (!process.waitFor(TO_DIE.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.errorf("a killed child does not end child=%d", pid());
            }
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Lets it leave by itself: it sees that nothing more will come. Returns at once. */
    void dismiss() {
        Thread.ofVirtual().name("child-" + pid() + "-dismiss").start(() -> {
            try {
                channel.close();
                if (process.waitFor(TO_LEAVE.toMillis(), TimeUnit.MILLISECONDS)) {
                    return;
                }
            } catch (IOException | InterruptedException e) {
                LOG.debugf("child %d could not be told to leave: %s", pid(), e.getMessage());
            }
            kill();
        });
    }

    /** How many runs it has had. */
    int runs() {
        return runs;
    }

    void idleSince(long nanoTime) {
        idleSince = nanoTime;
    }

    long idleSince() {
        return idleSince;
    }

    /** What it holds of the machine's memory, in bytes, where {@code /proc} tells. */
    OptionalLong memory() {
        try {
            return Files.readAllLines(Path.of("/proc", Long.toString(pid()), "status")).stream()
                    .filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                    .findFirst();
        } catch (IOException e) {
            // Not Linux, or it has just ended.
            return OptionalLong.empty();
        }
    }
}
