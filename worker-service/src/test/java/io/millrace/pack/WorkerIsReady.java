package io.millrace.pack;

import static io.millrace.testing.Soon.soon;

import io.millrace.worker.lane.Receivers;
import io.quarkus.arc.Arc;
import io.quarkus.test.junit.callback.QuarkusTestBeforeEachCallback;
import io.quarkus.test.junit.callback.QuarkusTestMethodContext;

/**
 * Has every test begin with a worker that receives. It begins beside the start of its process, and a new share group takes
 * seconds to join; before that, no lane is sure to be heard.
 */
public final class WorkerIsReady implements QuarkusTestBeforeEachCallback {

    @Override
    public void beforeEach(QuarkusTestMethodContext context) {
        Receivers receivers = Arc.container().instance(Receivers.class).get();
        soon().until(receivers::warm);
    }
}
