package io.millrace.pack.llm;

import io.millrace.llm.Usage;
import io.millrace.worker.http.Withheld;
import org.jspecify.annotations.Nullable;

/**
 * What a model has answered.
 *
 * @param id the provider's own for this answer
 * @param model that has answered, which may be more exact than the one that was asked
 * @param finishReason in the provider's words, such as {@code stop}
 */
record LlmAnswer(
        @Nullable String id,
        @Nullable String model,
        String text,
        @Nullable String finishReason,
        Usage usage) {

    /** The same without what must not be told. */
    LlmAnswer without(Withheld withheld) {
        return new LlmAnswer(
                id == null ? null : withheld.outOf(id),
                model == null ? null : withheld.outOf(model),
                withheld.outOf(text),
                finishReason == null ? null : withheld.outOf(finishReason),
                usage);
    }
}
