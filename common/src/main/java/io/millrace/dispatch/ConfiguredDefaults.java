package io.millrace.dispatch;

import io.millrace.limit.DeclaredLimit;
import io.millrace.limit.DeclaredLimits;
import io.millrace.task.Defaults;
import io.millrace.task.Precedence;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.HashMap;
import java.util.Map;

/** Reads the configured defaults once, so that what is out of bounds is told when a service starts. */
@Singleton
class ConfiguredDefaults {

    @Produces
    @Singleton
    Precedence precedence(DefaultsConfig config, QueueConfig queues) {
        var byQueue = new HashMap<String, Defaults>();
        queues.queues().forEach((name, queue) -> byQueue.put(name, queue.read("millrace.queues." + name)));
        var byTask = new HashMap<String, Defaults>();
        config.tasks().forEach((name, task) -> byTask.put(name, task.read("millrace.tasks.\"" + name + "\"")));
        return new Precedence(config.defaults().read("millrace.defaults"), Map.copyOf(byQueue), Map.copyOf(byTask));
    }

    @Produces
    @Singleton
    DeclaredLimits limits(DefaultsConfig config) {
        var byTask = new HashMap<String, DeclaredLimit>();
        config.tasks().forEach((name, task) -> byTask.put(name, task.readLimit("millrace.tasks.\"" + name + "\"")));
        return new DeclaredLimits(byTask);
    }
}
