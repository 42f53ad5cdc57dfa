package io.millrace.api.access;

import static io.millrace.testing.Soon.soon;

import io.quarkus.arc.Arc;
import io.quarkus.test.junit.callback.QuarkusTestBeforeEachCallback;
import io.quarkus.test.junit.callback.QuarkusTestMethodContext;

/** Has every test begin with an API that lets requests in: it begins beside the start of its process. */
public final class ApiIsOpen implements QuarkusTestBeforeEachCallback {

    @Override
    public void beforeEach(QuarkusTestMethodContext context) {
        Opening opening = Arc.container().instance(Opening.class).get();
        soon().until(opening::isOpen);
    }
}
