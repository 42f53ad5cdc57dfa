package io.millrace.pack.llm;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * What a model is asked.
 *
 * @param parameters of the configuration, without {@code stream}
 * @param maxTokens the most tokens of the answer
 * @param stream whether the answer is to come bit by bit
 */
record LlmRequest(String model, String query, ObjectNode parameters, int maxTokens, boolean stream) {}
