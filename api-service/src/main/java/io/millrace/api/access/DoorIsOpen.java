package io.millrace.api.access;

import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;
import org.eclipse.microprofile.health.Startup;

/** Started and ready once requests are let in. */
@Startup
@Readiness
@Singleton
class DoorIsOpen implements HealthCheck {

    private final Opening opening;

    DoorIsOpen(Opening opening) {
        this.opening = opening;
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("requests are let in")
                .status(opening.isOpen())
                .build();
    }
}
