package io.millrace.worker.child;

import io.millrace.job.Claim;
import io.millrace.job.JobError;
import io.millrace.job.Outcome;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;

/** A child without Quarkus, for real processes in tests: its link to the worker is the real one, its tasks are these. */
public final class StubChild implements ParentLink.Runs {

    private final CountDownLatch softLimit = new CountDownLatch(1);
    private final List<byte[]> kept = new ArrayList<>();

    public static void main(String... args) {
        ParentLink.serve(new StubChild(), 1 << 20);
    }

    @Override
    public void softLimit(UUID jobId, int claimSeq) {
        softLimit.countDown();
    }

    @Override
    public Outcome run(Claim claim, ParentLink.Reports reports) {
        try {
            return switch (claim.task()) {
                case "pid" -> pid();
                case "spin" -> {
                    reports.progress(ProcessHandle.current().pid(), Long.MAX_VALUE, "spinning", null);
                    yield spin();
                }
                case "family" -> {
                    reports.progress(startAnother(), Long.MAX_VALUE, "not alone", null);
                    yield spin();
                }
                case "orphan" -> {
                    reports.progress(startAnother(), Long.MAX_VALUE, "leaving it", null);
                    Runtime.getRuntime().halt(7);
                    yield pid();
                }
                case "exit" -> {
                    System.exit(5);
                    yield pid();
                }
                case "eat" -> eat();
                case "soft" -> {
                    softLimit.await();
                    yield new Outcome.Failed(new JobError("soft", "Soft", "told", null), true);
                }
                case "print" -> {
                    print();
                    yield pid();
                }
                case "large" -> new Outcome.Succeeded("\"" + "x".repeat(2 << 20) + "\"");
                default -> throw new IllegalStateException("no such task");
            };
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Outcome pid() {
        return new Outcome.Succeeded(Long.toString(ProcessHandle.current().pid()));
    }

    private static Outcome spin() {
        while (true) {
            Thread.onSpinWait();
        }
    }

    private Outcome eat() {
        while (true) {
            kept.add(new byte[1 << 20]);
        }
    }

    private static long startAnother() {
        try {
            return new ProcessBuilder("sleep", "600").start().pid();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Past Java's own standard output, as native code does. */
    private static void print() {
        try {
            // Not to be closed: it is the messages' pipe as well.
            var out = new FileOutputStream(FileDescriptor.out);
            out.write("a line\nand half a".getBytes(StandardCharsets.UTF_8));
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
