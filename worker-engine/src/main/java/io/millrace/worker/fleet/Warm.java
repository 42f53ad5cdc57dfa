package io.millrace.worker.fleet;

import io.millrace.worker.lane.Receivers;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;
import org.eclipse.microprofile.health.Startup;

/** Started and ready once every lane is being received: the first poll of a new share group takes seconds. */
@Startup
@Readiness
@Singleton
class Warm implements HealthCheck {

    private final Receivers receivers;

    Warm(Receivers receivers) {
        this.receivers = receivers;
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("lanes are being received")
                .status(receivers.warm())
                .build();
    }
}
