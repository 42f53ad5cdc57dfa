package io.millrace.api.audio;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Bytes of a file, as {@code Range} of RFC 9110 asks for them.
 *
 * @param from the first one
 * @param length how many, at least 1
 */
record ByteRange(long from, long length) {

    // More digits than a file has bytes are no range that anybody means.
    private static final Pattern ONE = Pattern.compile("bytes=(\\d{0,15})-(\\d{0,15})");

    /** The whole file. */
    static ByteRange whole(long size) {
        return new ByteRange(0, size);
    }

    /**
     * The one range that a header asks for. Several at once, and other units, may be ignored, and are: the answer is then
     * the whole file.
     *
     * @return nothing if the file has no such bytes
     */
    static Optional<ByteRange> of(String header, long size) {
        Matcher range = ONE.matcher(header.strip());
        if (!range.matches() || (range.group(1).isEmpty() && range.group(2).isEmpty())) {
            return Optional.of(whole(size));
        }
        if (range.group(1).isEmpty()) {
            long last = Math.min(Long.parseLong(range.group(2)), size);
            return last == 0 ? Optional.empty() : Optional.of(new ByteRange(size - last, last));
        }
        long from = Long.parseLong(range.group(1));
        long to = range.group(2).isEmpty() ? size - 1 : Math.min(Long.parseLong(range.group(2)), size - 1);
        if (!range.group(2).isEmpty() && Long.parseLong(range.group(2)) < from) {
            return Optional.of(whole(size));
        }
        return from >= size ? Optional.empty() : Optional.of(new ByteRange(from, to - from + 1));
    }

    /** As {@code Content-Range} says it. */
    String inFileOf(long size) {
        return "bytes " + from + "-" + (from + length - 1) + "/" + size;
    }
}
