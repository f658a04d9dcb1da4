package io.nbguard.examples.guard;

import io.nbguard.api.execution.ExecutionRequest;
import io.nbguard.api.measure.ByteSize;
import io.nbguard.core.NotebookGuard;
import java.io.IOException;
import java.io.RandomAccessFile;
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

    /** After so many failures the notebook may begin. */
    private static final int EXHAUSTED = 3;

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
        try (RandomAccessFile go = new RandomAccessFile(notebooks.resolve("go").toFile(), "rw")) {
            fillForEver(go);
        }
    }

    private static void fillForEver(RandomAccessFile go) throws IOException {
        Object[] chain = null;
        int failures = 0;
        // Few large objects at first: millions of small ones would make each collection take a second.
        int bytes = 1 << 20;
        while (true) {
            try {
                chain = new Object[] {chain, new byte[bytes]};
            } catch (OutOfMemoryError e) {
                failures += bytes > 16 ? 0 : 1;
                bytes = Math.max(16, bytes / 16);
                if (failures == EXHAUSTED) {
                    // Without allocating anything, for which there is no heap any more.
                    go.write(1);
                } else if (failures > EXHAUSTED) {
                    // As a host whose requests fail: what they held is free again, and the next ones come.
                    chain = null;
                    failures = 0;
                    bytes = 1 << 20;
                }
                LockSupport.parkNanos(1_000_000L);
            }
        }
    }
}
