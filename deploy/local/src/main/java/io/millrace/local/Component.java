package io.millrace.local;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** The processes of a local stack, in the order in which they start. */
public enum Component {
    POSTGRES(5433),
    KAFKA(9092),
    /** Stands in for the API of remote workflows; the tests and the demo of that pack use it. */
    SIMULATOR(8089),
    API(8080),
    WORKER(8081),
    SCHEDULER(8082);

    /** The components that are Quarkus applications of this project. */
    public static final List<Component> SERVICES = List.of(API, WORKER, SCHEDULER);

    private final int defaultPort;

    Component(int defaultPort) {
        this.defaultPort = defaultPort;
    }

    int defaultPort() {
        return defaultPort;
    }

    /** The environment variable that moves it to another port. */
    public String portVariable() {
        return "MILLRACE_" + name() + "_PORT";
    }

    /** The folder of its module in the checkout; meaningful for services. */
    String module() {
        return label() + "-service";
    }

    /** Its name for people, files and logs. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Stream<Component> all() {
        return Stream.of(values());
    }
}
