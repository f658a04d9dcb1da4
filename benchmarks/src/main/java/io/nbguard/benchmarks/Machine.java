package io.nbguard.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The machine that was measured on, without its name.
 *
 * @param cores how many processors the JVM may use
 * @param processor the processor's model
 * @param kernel the kernel's version
 * @param java the Java version
 * @param loadAverage the load of the last minute when the measuring began
 * @param processes how many processes there were already
 */
public record Machine(int cores, String processor, String kernel, String java, String loadAverage, int processes) {

    /** Reads it from {@code /proc}. */
    public static Machine read() throws IOException {
        String model = Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                .filter(line -> line.startsWith("model name"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse("processor unknown");
        int processes;
        try (var entries = Files.list(Path.of("/proc"))) {
            processes = (int) entries.filter(entry ->
                            Character.isDigit(entry.getFileName().toString().charAt(0)))
                    .count();
        }
        return new Machine(
                Runtime.getRuntime().availableProcessors(),
                model,
                System.getProperty("os.version").replaceFirst("^(\\d+\\.\\d+).*", "$1"),
                System.getProperty("java.version"),
                Files.readString(Path.of("/proc/loadavg")).split(" ")[0],
                processes);
    }

    /** Returns it in a line. */
    public String describe() {
        return cores + " cores (" + processor + "), Linux " + kernel + ", JDK " + java + "; load average " + loadAverage
                + " and " + processes + " processes when it began.";
    }
}
