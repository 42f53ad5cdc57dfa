package io.millrace.pack.workflow;

import io.millrace.local.WorkflowSimulator;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A simulator for a test of the worker, which is told where it is; the test speaks with it over HTTP as the worker does. */
public final class SimulatedRemote implements QuarkusTestResourceLifecycleManager {

    private @Nullable WorkflowSimulator simulator;

    @Override
    public Map<String, String> start() {
        var started = WorkflowSimulator.start(0);
        simulator = started;
        return Map.of("millrace.workflow.remote.base-url", started.url());
    }

    @Override
    public void stop() {
        if (simulator != null) {
            simulator.close();
        }
    }
}
