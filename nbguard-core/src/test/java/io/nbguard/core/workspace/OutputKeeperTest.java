package io.nbguard.core.workspace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputKeeperTest {

    private static final int MANY = 100;

    @TempDir
    private Path folder;

    @Test
    void aHundredOfOneNameAllSurvive() throws Exception {
        Path wanted = folder.resolve("report_20260113.ipynb");
        CyclicBarrier together = new CyclicBarrier(MANY);
        ExecutorService threads = Executors.newFixedThreadPool(MANY);
        Set<String> contents = new HashSet<>();
        try {
            List<Future<Path>> kept = new ArrayList<>();
            for (int i = 0; i < MANY; i++) {
                Path staged = staged("content " + i, "staging" + i);
                kept.add(threads.submit(() -> {
                    together.await();
                    return OutputKeeper.keep(staged, wanted);
                }));
            }
            Set<Path> names = new HashSet<>();
            for (Future<Path> each : kept) {
                names.add(each.get());
                contents.add(Files.readString(each.get()));
            }
            Set<Path> expected = new HashSet<>(Set.of(wanted));
            for (int i = 2; i <= MANY; i++) {
                expected.add(folder.resolve("report_20260113-" + i + ".ipynb"));
            }
            assertThat(names).isEqualTo(expected);
        } finally {
            threads.shutdownNow();
        }
        assertThat(contents).hasSize(MANY);
    }

    @Test
    void whatIsNoNotebookIsNotCalledOne() throws Exception {
        Path log = Files.writeString(folder.resolve("run.log"), "done");
        Path other = Files.writeString(folder.resolve("other.log"), "done too");
        Path wanted = folder.resolve("job_exec.ipynb");

        assertThat(OutputKeeper.keep(log, wanted)).isEqualTo(folder.resolve("job_exec.log"));
        assertThat(OutputKeeper.keep(other, wanted)).isEqualTo(folder.resolve("job_exec-2.log"));
    }

    @Test
    void withoutHardLinksTheNameIsReservedFirstAndNoOtherFileIsReplaced() throws Exception {
        Path target = folder.resolve("report.ipynb");
        CyclicBarrier together = new CyclicBarrier(MANY);
        ExecutorService threads = Executors.newFixedThreadPool(MANY);
        int winners = 0;
        try {
            List<Future<Boolean>> moved = new ArrayList<>();
            for (int i = 0; i < MANY; i++) {
                Path staged = staged("content " + i, "staging" + i);
                moved.add(threads.submit(() -> {
                    together.await();
                    return OutputKeeper.moveToReserved(staged, target);
                }));
            }
            for (int i = 0; i < MANY; i++) {
                boolean won = moved.get(i).get();
                winners += won ? 1 : 0;
                if (won) {
                    assertThat(target).hasContent("content " + i);
                }
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(winners).isEqualTo(1);
    }

    @Test
    void aDanglingLinkOfThatNameIsNotWrittenThrough() throws Exception {
        Path wanted = folder.resolve("report.ipynb");
        Path elsewhere = folder.resolve("elsewhere");
        Files.createSymbolicLink(wanted, elsewhere);

        Path kept = OutputKeeper.keep(staged("mine", "staging"), wanted);

        assertThat(kept).isEqualTo(folder.resolve("report-2.ipynb"));
        assertThat(elsewhere).doesNotExist();
        assertThat(OutputKeeper.moveToReserved(staged("mine", "staging2"), wanted))
                .isFalse();
    }

    @Test
    void whatCannotBeMovedStaysWhereItWas() throws Exception {
        Path staged = staged("precious", "staging");

        assertThatThrownBy(() -> OutputKeeper.keep(staged, folder.resolve("missing/report.ipynb")))
                .isInstanceOf(IOException.class);

        assertThat(staged).hasContent("precious");
    }

    @Test
    void theNumberGoesBeforeTheEnding() {
        assertThat(OutputKeeper.numbered(Path.of("/a/b.c.ipynb"), 2)).isEqualTo(Path.of("/a/b.c-2.ipynb"));
        assertThat(OutputKeeper.numbered(Path.of("/a/plain"), 3)).isEqualTo(Path.of("/a/plain-3"));
        assertThat(OutputKeeper.numbered(Path.of("/a/.hidden"), 3)).isEqualTo(Path.of("/a/.hidden-3"));
    }

    private Path staged(String content, String name) throws IOException {
        return Files.writeString(Files.createDirectories(folder.resolve(name)).resolve("out.ipynb"), content);
    }
}
