package io.millrace.api.pipeline;

import java.util.Optional;

/** Numbers in addresses. */
final class Ids {

    private Ids() {}

    /** The number that a text is, from 0; what is none is the id of nothing. */
    static Optional<Long> number(String text) {
        try {
            long number = Long.parseLong(text);
            return number < 0 ? Optional.empty() : Optional.of(number);
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }
}
