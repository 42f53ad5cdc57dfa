package io.millrace.api.access;

import io.quarkus.arc.Arc;
import io.quarkus.test.junit.callback.QuarkusTestBeforeEachCallback;
import io.quarkus.test.junit.callback.QuarkusTestMethodContext;
import java.time.Duration;
import org.awaitility.Awaitility;

/** Has every test begin with an API that lets requests in: it begins beside the start of its process. */
public final class ApiIsOpen implements QuarkusTestBeforeEachCallback {

    private static final Duration LONG = Duration.ofMinutes(1);

    @Override
    public void beforeEach(QuarkusTestMethodContext context) {
        Opening opening = Arc.container().instance(Opening.class).get();
        Awaitility.await().atMost(LONG).until(opening::isOpen);
    }
}
