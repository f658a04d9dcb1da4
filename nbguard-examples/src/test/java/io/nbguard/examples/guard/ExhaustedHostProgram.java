package io.nbguard.examples.guard;

import io.nbguard.api.ByteSize;
import io.nbguard.api.ExecutionRequest;
import io.nbguard.core.NotebookGuard;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;

/**
 * A host that starts one notebook under a budget of 400 MiB, and then fills its own heap again and again, whatever is
 * thrown at it.
 *
 * <p>Arguments: the notebooks folder, the outputs folder, and the notebook.
 */
final class ExhaustedHostProgram {

    private ExhaustedHostProgram() {}

    public static void main(String[] args) throws IOException {
        Path notebooks = Path.of(args[0]);
        NotebookGuard guard = NotebookGuard.builder()
                .notebooks(notebooks)
                .outputs(Path.of(args[1]))
                .memoryBudget(ByteSize.ofMebibytes(400))
                .build();
        guard.run(ExecutionRequest.of(args[2]).build());
        while (!Files.exists(notebooks.resolve("hog-is-there"))) {
            LockSupport.parkNanos(10_000_000L);
        }
        Files.createFile(notebooks.resolve("go"));
        fillForEver();
    }

    private static void fillForEver() {
        Object[] chain = null;
        while (true) {
            try {
                chain = new Object[] {chain, new byte[40]};
            } catch (OutOfMemoryError e) {
                // As a host that goes on serving: it fails, and tries again a moment later.
                LockSupport.parkNanos(1_000_000L);
            }
        }
    }
}
