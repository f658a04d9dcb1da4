package io.nbguard.cli;

import io.nbguard.api.execution.ExecutionRequest;
import io.nbguard.api.measure.ByteSize;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The notebooks of the demo: real computations that need nothing but Python's standard library, and one hog. */
final class DemoNotebooks {

    /** The one that never has enough. */
    static final String HOG = "hog.ipynb";

    private static final String FOLDER = "/io/nbguard/cli/demo/";
    private static final List<String> NAMES =
            List.of("primes.ipynb", "heat.ipynb", "words.ipynb", "sales.ipynb", "workers.ipynb", HOG);

    private DemoNotebooks() {}

    /**
     * Writes the notebooks into {@code folder}.
     *
     * @throws IOException if that fails
     */
    static void copyTo(Path folder) throws IOException {
        Files.createDirectories(folder);
        for (String name : NAMES) {
            try (InputStream notebook = DemoNotebooks.class.getResourceAsStream(FOLDER + name)) {
                if (notebook == null) {
                    throw new IOException("the notebook " + name + " is missing from nbguard-cli");
                }
                Files.copy(notebook, folder.resolve(name));
            }
        }
    }

    /**
     * Returns what to run, each with its parameters.
     *
     * @param tableMebibytes the size of the table that the forked workers share
     * @param hogBound where the hog stops by itself if it was not ended, to protect the machine
     */
    static List<ExecutionRequest> requests(int tableMebibytes, ByteSize hogBound) {
        return List.of(
                ExecutionRequest.of("primes.ipynb")
                        .parameter("limit", 20_000_000)
                        .build(),
                ExecutionRequest.of("heat.ipynb")
                        .parameter("size", 90)
                        .parameter("sweeps", 2_400)
                        .parameter("hot", 100.0)
                        .build(),
                ExecutionRequest.of("words.ipynb").parameter("files", 700).build(),
                ExecutionRequest.of("sales.ipynb")
                        .parameter("orders", 500_000)
                        .parameter("regions", List.of("north", "south", "east", "west"))
                        .build(),
                ExecutionRequest.of("workers.ipynb")
                        .parameter("workers", 4)
                        .parameter("table_mb", tableMebibytes)
                        .parameter("seconds", 5.0)
                        .build(),
                ExecutionRequest.of(HOG)
                        .parameter("mb_per_second", 100)
                        .parameter("safety_bound_mb", hogBound.bytes() >> 20)
                        .build());
    }
}
