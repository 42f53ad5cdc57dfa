package io.millrace.limit;

import io.millrace.task.ByTaskName;
import java.util.Map;

/** What configuration declares of the limits of tasks. It goes before what their code says. */
public final class DeclaredLimits {

    /** Nothing is configured. */
    public static final DeclaredLimits NONE = new DeclaredLimits(Map.of());

    private final ByTaskName<DeclaredLimit> configured;

    /** @param byTask by a task's name, in which {@code *} stands for anything; each task that fits has a limit of its own */
    public DeclaredLimits(Map<String, DeclaredLimit> byTask) {
        this.configured = new ByTaskName<>(byTask);
    }

    /** What is declared of this task. */
    public DeclaredLimit of(String task, DeclaredLimit code) {
        return configured.of(task).stream()
                .reduce(DeclaredLimit.NONE, DeclaredLimit::orElse)
                .orElse(code);
    }
}
