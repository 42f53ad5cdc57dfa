package io.millrace.trace;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A place in a trace, as W3C Trace Context writes it: {@code 00-<trace id>-<span id>-<flags>}.
 *
 * @param traceId 32 lower-case hexadecimal digits, not all zero
 * @param spanId 16 of them, not all zero
 * @param sampled whether spans of this trace are recorded
 */
public record TraceContext(String traceId, String spanId, boolean sampled) {

    // A later version may say more behind the flags; ff is none.
    private static final Pattern TRACEPARENT = Pattern.compile(
            "(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.{0,100})?");

    private static final Pattern TRACE_ID = Pattern.compile("(?!0{32})[0-9a-f]{32}");
    private static final int TRACEPARENT_LENGTH = 55;

    /** Reads a {@code traceparent}; what is none, or says what this version cannot, is as if it were not there. */
    public static Optional<TraceContext> parse(@Nullable String text) {
        if (text == null || text.length() < TRACEPARENT_LENGTH) {
            return Optional.empty();
        }
        var parts = TRACEPARENT.matcher(text);
        if (!parts.matches() || (text.startsWith("00-") && text.length() != TRACEPARENT_LENGTH)) {
            return Optional.empty();
        }
        boolean sampled = (Integer.parseInt(parts.group(3), 16) & 1) == 1;
        return Optional.of(new TraceContext(parts.group(1), parts.group(2), sampled));
    }

    /** What users see of what a row keeps: the trace id of a {@code traceparent}, any other word as it is. */
    public static @Nullable String shown(@Nullable String kept) {
        if (kept == null || kept.length() < TRACEPARENT_LENGTH) {
            return kept;
        }
        return parse(kept).map(TraceContext::traceId).orElse(kept);
    }

    /** Whether a word is a trace id as W3C Trace Context writes it. */
    public static boolean isTraceId(String word) {
        return TRACE_ID.matcher(word).matches();
    }

    /**
     * The trace of a job whose row keeps no {@code traceparent}: the word itself if it is a trace id, one that follows from
     * it if it is another word, and the job's own id where there is none.
     */
    static String traceIdOf(@Nullable String word, UUID jobId) {
        if (word == null) {
            return hex(jobId);
        }
        String digits = word.replace("-", "").toLowerCase(Locale.ROOT);
        return TRACE_ID.matcher(digits).matches()
                ? digits
                : hex(UUID.nameUUIDFromBytes(word.getBytes(StandardCharsets.UTF_8)));
    }

    /**
     * The span of a run. It follows from the job and its claim, so that whoever knows both can name it: the run's process,
     * its child, and the trigger that makes the callback of its end.
     */
    static String runSpan(UUID jobId, int claimSeq) {
        return HexFormat.of().toHexDigits(jobId.getLeastSignificantBits() ^ ((long) claimSeq << 48));
    }

    /** As the header says it. */
    public String traceparent() {
        return "00-" + traceId + "-" + spanId + (sampled ? "-01" : "-00");
    }

    private static String hex(UUID id) {
        var hex = HexFormat.of();
        return hex.toHexDigits(id.getMostSignificantBits()) + hex.toHexDigits(id.getLeastSignificantBits());
    }
}
