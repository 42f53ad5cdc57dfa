package io.millrace.testing;

import static io.millrace.testing.Soon.soon;

import io.millrace.dispatch.Foundation;
import io.quarkus.arc.Arc;
import io.quarkus.test.junit.callback.QuarkusTestBeforeEachCallback;
import io.quarkus.test.junit.callback.QuarkusTestMethodContext;

/** Has every test of a service begin when that has what it stands on: it begins beside the start of its process. */
public final class ServiceHasBegun implements QuarkusTestBeforeEachCallback {

    @Override
    public void beforeEach(QuarkusTestMethodContext context) {
        Foundation foundation = Arc.container().instance(Foundation.class).get();
        soon().until(foundation::isLaid);
    }
}
