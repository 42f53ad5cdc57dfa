package io.millrace.llm;

/** What a call has cost, in tokens as the provider counts them; 0 where it has not said. */
public record Usage(long inputTokens, long outputTokens) {

    /** Both together. */
    public long totalTokens() {
        return inputTokens + outputTokens;
    }
}
