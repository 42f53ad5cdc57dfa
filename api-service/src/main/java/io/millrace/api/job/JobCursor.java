package io.millrace.api.job;

import io.millrace.api.problem.Problem;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.UUID;

/** Where a listing goes on: behind a job, in an order. Opaque on the wire. */
record JobCursor(UUID after, boolean newestFirst) {

    String encode() {
        String text = (newestFirst ? "d" : "a") + after;
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.US_ASCII));
    }

    /**
     * Reads what {@link #encode} wrote.
     *
     * @throws Problem if the text is no cursor of a listing in this order
     */
    static JobCursor decode(String cursor, boolean newestFirst) {
        JobCursor decoded;
        try {
            String text = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.US_ASCII);
            decoded = new JobCursor(UUID.fromString(text.substring(1)), text.charAt(0) == 'd');
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            throw Problem.invalid("cursor", "is not one that a listing has given");
        }
        if (decoded.newestFirst() != newestFirst) {
            throw Problem.invalid("cursor", "belongs to a listing in the other order");
        }
        return decoded;
    }
}
