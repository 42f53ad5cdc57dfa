package io.millrace.api.body;

import java.util.Optional;
import java.util.UUID;

/** Reads ids as they stand in an address. */
public final class Ids {

    private Ids() {}

    /** The id, nothing where the text is no UUID: it is then the id of nothing, which is no other fault than one unknown. */
    public static Optional<UUID> read(String text) {
        try {
            return Optional.of(UUID.fromString(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
