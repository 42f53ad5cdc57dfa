package io.millrace.worker.child;

import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;
import java.util.List;
import java.util.Map;

/**
 * Where the process of a worker begins, the shipped one's and a user's own: {@code quarkus.package.main-class} names it. An
 * application with a main of its own names that instead and calls this one's.
 */
@QuarkusMain(name = WorkerMain.NAME)
public final class WorkerMain {

    /** What {@code quarkus.package.main-class} knows it by. */
    static final String NAME = "millrace-worker";

    /** The argument that makes a process the child of a worker. */
    static final String CHILD = "millrace-child";

    /** What differs in a child. It opens no port as it is, since it never comes so far; these make sure of it. */
    private static final Map<String, String> SETTINGS = Map.of(
            "quarkus.http.host-enabled", "false",
            "quarkus.log.console.stderr", "true",
            "quarkus.log.console.json.enabled", "false",
            "quarkus.log.console.format", ChildLog.FORMAT,
            "quarkus.log.file.enabled", "false",
            "quarkus.datasource.reactive.max-size", "2");

    private static volatile boolean child;

    private WorkerMain() {}

    public static void main(String... args) {
        if (List.of(args).contains(CHILD)) {
            becomeChild();
        }
        Quarkus.run(args);
    }

    /** Whether this process is the child of a worker. */
    public static boolean isChild() {
        return child;
    }

    private static void becomeChild() {
        child = true;
        // Standard output belongs to the messages; whatever prints there from now on prints to standard error.
        System.setOut(System.err);
        SETTINGS.forEach(System::setProperty);
    }
}
