package io.nbguard.core;

import io.nbguard.api.execution.ExecutionRequest;
import io.nbguard.core.fixture.FakeProbe;
import io.nbguard.core.fixture.FakeTracker;
import io.nbguard.core.fixture.ScriptedExecutor;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/** A host that never closes its guard and tells on standard output what it hears: {@link ShutdownHookTest} ends it. */
final class ForgetfulHost {

    private ForgetfulHost() {}

    public static void main(String[] arguments) throws InterruptedException {
        Path folder = Path.of(arguments[0]);
        ScriptedExecutor executor = new ScriptedExecutor();
        NotebookGuard guard = NotebookGuard.builder()
                .notebooks(folder)
                .storage(s -> s.temporaryFiles(folder).runtimeDirectory(folder.resolve("runtime")))
                .executor(executor)
                .plugins(p -> p.tracker(new FakeTracker()).probes(new FakeProbe()))
                .lifecycle(l -> l.onClose(CloseAction.WAIT).shutdownHook(true))
                .listener(event -> System.out.println(event.message()))
                .build();
        guard.run(ExecutionRequest.of("a.ipynb").build());
        executor.next().runs();
        new CountDownLatch(1).await();
    }
}
