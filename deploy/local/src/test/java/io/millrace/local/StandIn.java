package io.millrace.local;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** Stands in for a service: ready on its port until it is told to leave, or, when its environment says so, dead at once. */
public final class StandIn {

    private StandIn() {}

    public static void main(String[] arguments) throws IOException {
        System.out.println("settings: "
                + System.getenv().keySet().stream()
                        .filter(name -> name.startsWith("MILLRACE_") || name.startsWith("QUARKUS_"))
                        .sorted()
                        .toList());
        String port = System.getenv("QUARKUS_HTTP_PORT");
        if (port == null || System.getenv("STAND_IN_FAILS") != null) {
            System.out.println("no such table: job");
            System.exit(3);
            return;
        }
        HttpServer server =
                HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), Integer.parseInt(port)), 0);
        server.createContext("/q/health/ready", exchange -> {
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        server.createContext("/leave", exchange -> System.exit(0));
        server.start();
    }
}
