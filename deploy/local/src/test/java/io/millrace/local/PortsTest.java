package io.millrace.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import org.junit.jupiter.api.Test;

class PortsTest {

    @Test
    void a_connection_that_meets_itself_is_nobodys_answer() throws IOException {
        InetSocketAddress nobodys;
        try (var socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0));
            nobodys = (InetSocketAddress) socket.getLocalSocketAddress();
        }
        try (var itself = new Socket()) {
            // As the system does by chance where the port is one of those that it gives to clients.
            itself.bind(nobodys);
            itself.connect(nobodys, 1_000);

            assertThat(Ports.answered(itself)).isFalse();
        }
    }

    @Test
    void a_server_answers_until_it_is_closed() throws IOException {
        try (var server = new ServerSocket()) {
            server.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0));
            assertThat(Ports.answers(server.getLocalPort())).isTrue();
            assertThat(Ports.isFree(server.getLocalPort())).isFalse();
        }
    }
}
