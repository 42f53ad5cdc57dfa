package io.millrace.local;

import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;

/**
 * Where a local stack lives and listens, read from the environment.
 *
 * @param checkout the project's folder, with the built services in it
 * @param home the stack's data, logs and pid files ({@code MILLRACE_HOME}, by default {@code .millrace} in the checkout)
 * @param ports a port for each component ({@code MILLRACE_API_PORT} and so on)
 * @param environment the caller's environment
 */
public record Settings(Path checkout, Path home, Map<Component, Integer> ports, Map<String, String> environment) {

    public Settings {
        ports = Map.copyOf(ports);
        environment = Map.copyOf(environment);
    }

    /**
     * Reads the environment.
     *
     * @throws LocalFailure if a port is not a port, two components have the same one, or there is no such kind of build
     */
    public static Settings of(Map<String, String> environment) {
        Path checkout = findCheckout();
        String home = environment.getOrDefault("MILLRACE_HOME", "");
        Map<Component, Integer> ports = new EnumMap<>(Component.class);
        Map<Integer, Component> users = new HashMap<>();
        for (Component component : Component.values()) {
            int port = port(component, environment);
            Component other = users.put(port, component);
            if (other != null) {
                throw new LocalFailure("The " + other.label() + " and the " + component.label()
                        + " cannot both listen on port " + port + ": see " + other.portVariable() + " and "
                        + component.portVariable() + ".");
            }
            ports.put(component, port);
        }
        Path folder = home.isBlank() ? checkout.resolve(".millrace") : Path.of(home);
        Kind.of(environment);
        return new Settings(checkout, folder.toAbsolutePath().normalize(), ports, environment);
    }

    int port(Component component) {
        Integer port = ports.get(component);
        if (port == null) {
            throw new IllegalStateException("No port for " + component);
        }
        return port;
    }

    Path data(Component component) {
        return home.resolve(component.label());
    }

    Path log(Component component) {
        return component == Component.POSTGRES
                ? data(component).resolve("server.log")
                : home.resolve("log").resolve(component.label() + ".log");
    }

    PidFile pidFile(Component component) {
        return new PidFile(home.resolve("run").resolve(component.label() + ".pid"));
    }

    /** Which build of the services is started. */
    Kind kind() {
        return Kind.of(environment);
    }

    Path application(Component service) {
        return checkout.resolve(service.module()).resolve("target").resolve(kind().file(service.module()));
    }

    private static int port(Component component, Map<String, String> environment) {
        String text = environment.getOrDefault(component.portVariable(), "").strip();
        if (text.isEmpty()) {
            return component.defaultPort();
        }
        try {
            int port = Integer.parseInt(text);
            if (port > 0 && port < 65_536) {
                return port;
            }
        } catch (NumberFormatException e) {
            // Said below, with the variable's name.
        }
        throw new LocalFailure(component.portVariable() + " is not a port: " + text);
    }

    /** This code lies in {@code deploy/local/target} of the checkout, as a jar or as classes. */
    private static Path findCheckout() {
        try {
            Path code = Path.of(Settings.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            return code.resolve("../../../..").normalize();
        } catch (URISyntaxException e) {
            throw new IllegalStateException("The place of this program cannot be found", e);
        }
    }
}
