package io.nbguard.jdbc;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;

@Tag("slow")
class SqliteEngineTakeoverTest extends EngineTakeoverContract {

    @Override
    Map<String, String> store(Path folder) {
        return Map.of("history.url", "jdbc:sqlite:" + folder.resolve("history.db"));
    }
}
