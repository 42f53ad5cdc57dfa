package io.millrace.cli;

import java.util.Arrays;

/** How wide text is on a terminal. */
final class Columns {

    /** What Unicode calls wide, by ranges in which nearly everything is: from the first to the last. */
    private static final int[][] WIDE = {
        {0x1100, 0x115F}, // Hangul's initial consonants
        {0x2E80, 0x303E}, // radicals, and punctuation of the Han
        {0x3041, 0xA4CF}, // kana, ideographs, Yi
        {0xAC00, 0xD7A3}, // Hangul's syllables
        {0xF900, 0xFAFF}, // ideographs for compatibility
        {0xFE30, 0xFE6F}, // forms for vertical text
        {0xFF01, 0xFF60}, // Latin as wide as Han
        {0xFFE0, 0xFFE6}, // signs as wide as Han
        {0x20000, 0x3FFFD}, // the planes of further ideographs
    };

    private Columns() {}

    static int of(String text) {
        return text.codePoints().map(Columns::of).sum();
    }

    private static int of(int character) {
        return switch (Character.getType(character)) {
            case Character.NON_SPACING_MARK, Character.ENCLOSING_MARK, Character.FORMAT -> 0;
            default -> isWide(character) ? 2 : 1;
        };
    }

    private static boolean isWide(int character) {
        return Character.isEmojiPresentation(character)
                || Arrays.stream(WIDE).anyMatch(range -> range[0] <= character && character <= range[1]);
    }
}
