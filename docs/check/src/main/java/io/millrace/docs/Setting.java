package io.millrace.docs;

/**
 * A key of the configuration.
 *
 * @param module whose source it stands in, such as {@code api-service}
 * @param key with {@code <name>} where a name is free
 * @param type in words
 * @param byDefault in words, or the value in backticks
 * @param meaning the Javadoc, as Markdown; empty where there is none
 * @param declaredAt file and line
 */
record Setting(String module, String key, String type, String byDefault, String meaning, String declaredAt) {}
