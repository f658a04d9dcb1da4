package io.nbguard.core.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import io.nbguard.core.fixture.ExecutionStandIn;
import io.nbguard.spi.executor.ExecutionHandle;
import io.nbguard.spi.process.ProcessIdentity;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClaimTest {

    @TempDir
    private Path place;

    private RunFolders folders(int number) {
        return new RunFolders(
                place.resolve("nbguard-" + number), place.resolve("staging-" + number), place.resolve("output.ipynb"));
    }

    @Test
    void whatWasGivenBackStaysSoWhenItsExecutorKeepsAHandleTooLate() throws Exception {
        RunFolders folders = folders(1);
        Claim.make(folders);
        KeptRun late = new KeptRun(folders, new ExecutionHandle("late", 2, Map.of("id", "7")));
        Claim.keep(new KeptRun(folders, new ExecutionHandle("early", 1, Map.of("tag", "a".repeat(500)))));
        Claim.giveBack(folders.temporary());

        Claim.keep(late);

        assertThat(Claim.read(folders.temporary())).hasValueSatisfying(claim -> {
            assertThat(claim.givenBack()).isTrue();
            assertThat(claim.kept()).contains(late);
        });
    }

    /** A reader meanwhile finds what a kill at that moment would leave. */
    @Test
    void whoseAFolderIsCanBeReadAtAnyMomentWhileWordIsLeftForAnotherGuard() throws Exception {
        int unreadable = 0;
        for (int i = 0; i < 200; i++) {
            RunFolders folders = folders(i);
            Claim.make(folders);
            AtomicBoolean kept = new AtomicBoolean();
            AtomicInteger failed = new AtomicInteger();
            CountDownLatch reading = new CountDownLatch(1);
            Thread reader = new Thread(() -> {
                while (!kept.get()) {
                    failed.addAndGet(Claim.read(folders.temporary()).isPresent() ? 0 : 1);
                    reading.countDown();
                }
            });
            reader.start();
            reading.await();
            Claim.keep(new KeptRun(folders, ExecutionStandIn.handle(new ProcessIdentity(4_711 + i, 42))));
            kept.set(true);
            reader.join();
            unreadable += failed.get();
            assertThat(Claim.read(folders.temporary()).flatMap(Claim::kept))
                    .contains(new KeptRun(folders, ExecutionStandIn.handle(new ProcessIdentity(4_711 + i, 42))));
        }
        assertThat(unreadable).isZero();
    }
}
