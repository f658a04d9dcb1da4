package io.nbguard.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.nbguard.spi.PluginConfig;
import io.nbguard.spi.executor.Readiness.Check;
import io.nbguard.spi.executor.Readiness.Level;
import io.nbguard.testkit.FolderEngine;
import io.nbguard.testkit.FolderExecutor;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What doctor says of an executor whose engine is elsewhere. */
class ExecutorCheckTest {

    @TempDir
    private Path folder;

    @Test
    void anEngineThatDoesNotAnswerIsAProblemOnlyWhereNothingElseRunsNotebooks() {
        FolderEngine engine = new FolderEngine(folder);
        FolderExecutor executor = new FolderExecutor(engine);

        Check well = ExecutorCheck.of(executor, PluginConfig.EMPTY, true);
        assertThat(well.level()).isEqualTo(Level.OK);
        assertThat(well.finding()).isEqualTo("folder-engine: remote, with own usage, recover; its engine answers");

        engine.isDown();
        Check down = ExecutorCheck.of(executor, PluginConfig.EMPTY, false);
        assertThat(down.level()).isEqualTo(Level.ADVICE);
        assertThat(down.finding())
                .contains("its engine does not answer since 20")
                .endsWith(": the engine is down");
        assertThat(down.cure()).contains("start the engine");
        assertThat(ExecutorCheck.of(executor, PluginConfig.EMPTY, true).level()).isEqualTo(Level.PROBLEM);
    }
}
