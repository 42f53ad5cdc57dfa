package io.millrace.pack;

import static io.millrace.testing.Soon.soon;

import io.millrace.dispatch.HintEmitter;
import io.millrace.store.Dispatched;
import io.millrace.store.DueStore;
import io.millrace.store.LimitStore;
import io.millrace.store.SubmissionStore;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** What a scheduler does, which there is none of beside the worker of these tests: done while they wait. */
@Singleton
public class SchedulersPart {

    private static final int MANY = 1_000;

    private final SubmissionStore submissions;
    private final DueStore due;
    private final LimitStore limits;
    private final HintEmitter hints;

    SchedulersPart(SubmissionStore submissions, DueStore due, LimitStore limits, HintEmitter hints) {
        this.submissions = submissions;
        this.due = due;
        this.limits = limits;
        this.hints = hints;
    }

    /** Calls what was submitted in SQL, what has become due, and what has waited for its limit. */
    public void dispatch() {
        var ready = new ArrayList<Dispatched>(submissions.takeUnhinted(MANY));
        ready.addAll(due.dispatchDue(MANY));
        hints.emit(ready.stream().map(Dispatched::hint).toList());
        hints.emit(limits.callParked(limits.inForce(), "", MANY).hints());
    }

    /** Dispatches and looks, again and again, until what is seen is as wished. */
    public <T> T until(Supplier<T> look, Predicate<T> condition) {
        return soon().until(
                        () -> {
                            dispatch();
                            return look.get();
                        },
                        condition);
    }
}
