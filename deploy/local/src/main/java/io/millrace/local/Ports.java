package io.millrace.local;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.ThreadLocalRandom;

/** Ports of the loopback interface. */
public final class Ports {

    // Below the ephemeral range of Linux and macOS: no outgoing connection can take the port between our look and its
    // use.
    private static final int FIRST = 15_000;
    private static final int LAST = 30_000;
    private static final int CONNECT_MILLIS = 500;

    private Ports() {}

    /** A port that nobody listens on now. */
    public static int free() {
        for (int i = 0; i < 1_000; i++) {
            int port = ThreadLocalRandom.current().nextInt(FIRST, LAST);
            if (isFree(port)) {
                return port;
            }
        }
        throw new LocalFailure("No free port between " + FIRST + " and " + LAST + " on the loopback interface.");
    }

    /** Whether a server could listen on this port of 127.0.0.1. */
    public static boolean isFree(int port) {
        // Where a wildcard address is taken, some systems still allow the loopback address: so ask as a client too.
        if (answers(port)) {
            return false;
        }
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(address(port), 1);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Whether somebody accepts connections on this port of 127.0.0.1. */
    static boolean answers(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(address(port), CONNECT_MILLIS);
            return answered(socket);
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Whether somebody else is at the other end of this connection. Among the ports that a system gives to clients, one
     * may come to meet itself.
     */
    static boolean answered(Socket connected) {
        return connected.getLocalPort() != connected.getPort();
    }

    private static InetSocketAddress address(int port) {
        return new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port);
    }
}
