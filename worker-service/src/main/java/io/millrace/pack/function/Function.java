package io.millrace.pack.function;

import org.jspecify.annotations.Nullable;

/**
 * Something that {@code execute_high_priority_task} and {@code execute_low_priority_task} run by its path. Every bean that
 * implements this is registered, and nothing else can be run.
 *
 * <pre>{@code
 * @Singleton
 * class Summaries implements Function {
 *     public String path() {
 *         return "reports.summarise";
 *     }
 *
 *     public Object execute(FunctionCall call) {
 *         call.context().progress(1, 2, "reading");
 *         return Map.of("summary", …);
 *     }
 * }
 * }</pre>
 */
public interface Function {

    /** What submissions call it, such as {@code llm.call}; never another one's. */
    String path();

    /**
     * Runs it. May run more than once for the same job id, until what it has returned is written down.
     *
     * @return the result, which is written as JSON with names in snake_case
     * @throws Exception anything, as tasks do
     */
    @Nullable
    Object execute(FunctionCall call) throws Exception;
}
