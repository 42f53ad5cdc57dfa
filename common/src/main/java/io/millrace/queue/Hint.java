package io.millrace.queue;

import io.millrace.job.Claim;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * "This job may be claimed": what travels on a lane. Never the arguments: PostgreSQL owns the job, and a hint that is
 * lost, late or doubled changes nothing but the time.
 *
 * @param claimSeq the sequence the row had when the hint was written; a claim with another one does not hold
 */
public record Hint(
        UUID jobId,
        int claimSeq,
        String queue,
        int priority,
        @Nullable String traceId) {

    /** The format's version, its first byte, so that a later one can stand beside it during an upgrade. */
    private static final byte VERSION = 1;

    private static final int FIXED_BYTES = 1 + 16 + 4 + 1;

    /** The hint of a job that was claimed and may be claimed again. */
    public static Hint of(Claim claim) {
        return new Hint(claim.jobId(), claim.claimSeq(), claim.queue(), claim.priority(), claim.traceId());
    }

    public Lane lane() {
        return Lane.of(priority);
    }

    public String topic() {
        return lane().topic(queue);
    }

    /** Version (1 byte), job id (16), claim sequence (4), priority (1), then the trace id in UTF-8; big-endian. */
    public byte[] toBytes() {
        byte[] trace = traceId == null ? new byte[0] : traceId.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(FIXED_BYTES + trace.length)
                .put(VERSION)
                .putLong(jobId.getMostSignificantBits())
                .putLong(jobId.getLeastSignificantBits())
                .putInt(claimSeq)
                .put((byte) priority)
                .put(trace)
                .array();
    }

    /**
     * Reads what {@link #toBytes} wrote.
     *
     * @throws IllegalArgumentException if the bytes are no hint of a version that this process knows
     */
    public static Hint fromBytes(String queue, byte @Nullable [] bytes) {
        if (bytes == null || bytes.length < FIXED_BYTES || bytes[0] != VERSION) {
            throw new IllegalArgumentException("not a hint: "
                    + (bytes == null
                            ? "no value"
                            : bytes.length + " bytes, version " + (bytes.length > 0 ? bytes[0] : -1)));
        }
        var in = ByteBuffer.wrap(bytes, 1, bytes.length - 1);
        var jobId = new UUID(in.getLong(), in.getLong());
        int claimSeq = in.getInt();
        int priority = in.get();
        Lane.of(priority);
        String trace = in.hasRemaining() ? StandardCharsets.UTF_8.decode(in).toString() : null;
        return new Hint(jobId, claimSeq, queue, priority, trace);
    }
}
