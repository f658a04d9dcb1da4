package io.nbguard.jdbc;

import io.nbguard.api.execution.ExecutionRequest;
import io.nbguard.core.HostDeath;
import io.nbguard.core.NotebookGuard;
import io.nbguard.testkit.FolderEngine;
import io.nbguard.testkit.FolderExecutor;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;

/** A host whose executions an engine runs: {@link EngineRecoveryTest} kills it. */
final class EngineHost {

    private static final String STORE = "store.properties";

    private EngineHost() {}

    /** Arguments: folder, and which executions to start, if any. */
    public static void main(String[] arguments) throws InterruptedException {
        Path folder = Path.of(arguments[0]);
        NotebookGuard guard = guard(folder, HostDeath.KEEP);
        for (int i = 1; i < arguments.length; i++) {
            guard.run(ExecutionRequest.of(arguments[i]).build());
        }
        new CountDownLatch(1).await();
    }

    /** Opens a guard on the folder's store with the folder's engine, and nothing else. */
    static NotebookGuard guard(Path folder, HostDeath onHostDeath) {
        return guard(folder, folder.resolve("tmp"), onHostDeath);
    }

    /** Opens one that has its temporary files elsewhere. */
    static NotebookGuard guard(Path folder, Path temporary, HostDeath onHostDeath) {
        Map<String, String> store = store(folder);
        return NotebookGuard.builder()
                .notebooks(folder.resolve("notebooks"))
                .outputs(folder.resolve("outputs"))
                .storage(s -> s.temporaryFiles(temporary))
                .lifecycle(l -> l.announce(false))
                .plugins(p -> p.classLoader(ClassLoader.getPlatformClassLoader()))
                .executor(new FolderExecutor(new FolderEngine(folder.resolve("engine"))))
                .history(h -> h.store(new JdbcHistoryStore()))
                .plugins(p -> store.forEach(p::configure))
                .lifecycle(l -> l.onHostDeath(onHostDeath))
                .build();
    }

    /** Writes down for hosts of the folder which store they have; without that they have a SQLite file in it. */
    static void use(Path folder, Map<String, String> store) throws IOException {
        Properties lines = new Properties();
        lines.putAll(store);
        try (Writer file = Files.newBufferedWriter(folder.resolve(STORE))) {
            lines.store(file, null);
        }
    }

    /** Returns the configuration of the folder's store. */
    static Map<String, String> store(Path folder) {
        Properties lines = new Properties();
        try (Reader file = Files.newBufferedReader(folder.resolve(STORE))) {
            lines.load(file);
        } catch (NoSuchFileException e) {
            lines.setProperty("history.url", "jdbc:sqlite:" + folder.resolve("history.db"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Map<String, String> store = new HashMap<>();
        lines.stringPropertyNames().forEach(name -> store.put(name, lines.getProperty(name)));
        return store;
    }
}
