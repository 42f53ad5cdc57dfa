package io.millrace.pack.market;

import io.millrace.market.Price;
import io.millrace.market.Refresh.Range;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Somebody who has prices. */
interface PriceProvider {

    /**
     * What was said of the days of a symbol.
     *
     * @param prices by their days, each once; null for a symbol that is not known
     */
    record Answer(Range asked, @Nullable List<Price> prices) {}

    /** Hears what is about to be asked for, and may end it all by throwing. */
    interface Steps {
        void next(int done, Range range);
    }

    /**
     * The prices of these days; all or nothing.
     *
     * @throws io.millrace.worker.task.RetryAfter if it wants to be asked later
     * @throws io.millrace.worker.task.TaskFailure if it might answer another time
     * @throws io.millrace.worker.task.PermanentFailure if it never will
     */
    List<Answer> fetch(List<Range> ranges, Steps steps) throws InterruptedException;
}
