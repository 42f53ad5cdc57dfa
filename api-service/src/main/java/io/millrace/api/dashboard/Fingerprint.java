package io.millrace.api.dashboard;

import java.util.regex.Pattern;

/**
 * What is the same in failures that differ only in which row, number or file they speak of: the error's type and its
 * message with whatever varies replaced by a star.
 */
record Fingerprint(String task, String excType, String pattern) {

    private static final int LONGEST = 200;

    // In this order: an id is also made of numbers. A quoted word may be any value; a bare one is part of the sentence.
    private static final Pattern VARYING = Pattern.compile("""
            [0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}\
            |"[^"]{0,200}"|'[^']{0,200}'|0x[0-9a-fA-F]+|\\b(?=[0-9a-fA-F]*[0-9])[0-9a-fA-F]{8,}\\b|\\d+(?:[.:,_-]\\d+)*""");

    private static final Pattern SPACE = Pattern.compile("\\s+");

    static Fingerprint of(String task, String excType, String message) {
        String pattern = VARYING.matcher(message).replaceAll("*");
        pattern = SPACE.matcher(pattern).replaceAll(" ").strip();
        return new Fingerprint(
                task, excType, pattern.length() <= LONGEST ? pattern : pattern.substring(0, LONGEST) + "…");
    }
}
