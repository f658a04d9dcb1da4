package io.nbguard.jdbc;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

@Tag("slow")
@ExtendWith(PostgresExtension.class)
class PostgresEngineTakeoverTest extends EngineTakeoverContract {

    private static PostgresServer server;

    @BeforeAll
    static void take(PostgresServer running) {
        server = running;
    }

    @Override
    Map<String, String> store(Path folder) {
        return Map.of(
                "history.url", server.url(server.newDatabase()),
                "history.user", PostgresServer.USER,
                "history.password", PostgresServer.PASSWORD);
    }
}
