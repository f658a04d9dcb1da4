package io.nbguard.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Unauthenticated connections: bounded, by closing the oldest. */
@Timeout(60)
class ConnectionsTest {

    @Test
    void oneTooManyClosesTheOldestUnauthenticatedConnection() throws Exception {
        Server server = new Server();
        ServerConnector connector = new ServerConnector(server);
        connector.setHost("127.0.0.1");
        connector.addEventListener(new Connections(2));
        server.addConnector(connector);
        server.start();
        List<Socket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < 3; i++) {
                Socket socket = new Socket("127.0.0.1", connector.getLocalPort());
                socket.setSoTimeout(50_000);
                sockets.add(socket);
                // One after the other: each has been accepted when the server has answered nothing but read this.
                socket.getOutputStream().write("OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes());
                assertThat(socket.getInputStream().read()).isEqualTo('H');
            }
            drain(sockets.get(0));
            sockets.get(2)
                    .getOutputStream()
                    .write("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".getBytes());
            assertThat(new String(sockets.get(2).getInputStream().readAllBytes()))
                    .contains("HTTP/1.1 404");
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
            server.stop();
        }
    }

    /** Reads to the end, which comes only if the server closes. */
    private static void drain(Socket socket) throws Exception {
        while (socket.getInputStream().read() >= 0) {
            continue;
        }
    }
}
