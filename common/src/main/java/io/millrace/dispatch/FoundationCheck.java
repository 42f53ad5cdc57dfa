package io.millrace.dispatch;

import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;
import org.eclipse.microprofile.health.Startup;

/** No service is started or ready before it has its {@link Foundation}. */
@Startup
@Readiness
@Singleton
class FoundationCheck implements HealthCheck {

    private final Foundation foundation;

    FoundationCheck(Foundation foundation) {
        this.foundation = foundation;
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("what the service needs of PostgreSQL is there")
                .status(foundation.isLaid())
                .build();
    }
}
