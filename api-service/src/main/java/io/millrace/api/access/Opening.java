package io.millrace.api.access;

import io.millrace.dispatch.FoundationLaid;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;

/** Whether the door is open: as soon as everything is there that requests are answered with, and from then on. */
@Singleton
class Opening {

    private volatile boolean open;

    /** Comes last: whoever else hears of it gets something ready for requests. */
    void onLaid(@Observes @Priority(Integer.MAX_VALUE) FoundationLaid event) {
        open = true;
    }

    boolean isOpen() {
        return open;
    }
}
