package io.nbguard.benchmarks;

import io.nbguard.benchmarks.rig.Workshop;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Measures nbguard, the kernel's floor in C, psutil, OSHI and the JDK on the same processes in one run, and prints the
 * tables in Markdown.
 *
 * <p>Usage: {@code SideBySide [--quick]}. Progress goes to standard error.
 */
public final class SideBySide {

    private static final int USAGE_ERROR = 2;

    private SideBySide() {}

    /** Runs it. */
    public static void main(String[] arguments) throws IOException {
        List<String> options = List.of(arguments);
        if (!options.isEmpty() && !options.equals(List.of("--quick"))) {
            System.err.println("usage: SideBySide [--quick]; got: " + String.join(" ", options));
            System.exit(USAGE_ERROR);
        }
        Plan plan = options.isEmpty() ? Plan.full() : Plan.quick();
        Machine machine = Machine.read();
        try (Workshop workshop = new Workshop(keptFolder())) {
            Results results = Comparison.run(plan, workshop, step -> System.err.println("… " + step));
            System.out.print(MarkdownReport.of(plan, results, machine));
        }
    }

    /** Returns where the Python environment is kept: {@code target} of this module, from wherever it runs. */
    static Path keptFolder() throws IOException {
        return Files.createDirectories(Path.of(System.getProperty("nbguard.benchmarks.kept", "target")));
    }
}
