package io.nbguard.jdbc;

import io.nbguard.api.execution.ExecutionRequest;
import io.nbguard.core.HostDeath;
import io.nbguard.core.NotebookGuard;
import io.nbguard.testkit.FolderEngine;
import io.nbguard.testkit.FolderExecutor;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/** A host whose executions an engine runs: {@link EngineRecoveryTest} kills it. */
final class EngineHost {

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
        return NotebookGuard.builder()
                .notebooks(folder.resolve("notebooks"))
                .outputs(folder.resolve("outputs"))
                .storage(s -> s.temporaryFiles(folder.resolve("tmp")))
                .lifecycle(l -> l.announce(false))
                .plugins(p -> p.classLoader(ClassLoader.getPlatformClassLoader()))
                .executor(new FolderExecutor(new FolderEngine(folder.resolve("engine"))))
                .history(h -> h.store(new JdbcHistoryStore()))
                .plugins(p -> p.configure("history.url", "jdbc:sqlite:" + folder.resolve("history.db")))
                .lifecycle(l -> l.onHostDeath(onHostDeath))
                .build();
    }
}
