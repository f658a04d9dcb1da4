package io.nbguard.examples.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Signals to single processes, and what the kernel says of them. */
final class Signals {

    private Signals() {}

    static void send(String name, long pid) throws IOException, InterruptedException {
        int code = new ProcessBuilder("kill", "-" + name, Long.toString(pid))
                .inheritIO()
                .start()
                .waitFor();
        assertThat(code).as("kill -" + name + " " + pid).isZero();
    }

    /** Returns the session that a process is in. */
    static long session(long pid) throws IOException {
        return Long.parseLong(fields(pid)[3]);
    }

    /** Returns whether a signal has stopped a process. */
    static boolean isStopped(long pid) throws IOException {
        return fields(pid)[0].equals("T");
    }

    static void awaitStopped(long pid) {
        await(pid + " to be stopped").atMost(Ground.TIMEOUT).until(() -> isStopped(pid));
    }

    static void awaitRunning(long pid) {
        await(pid + " to go on").atMost(Ground.TIMEOUT).until(() -> !isStopped(pid));
    }

    /** Returns the fields of a stat line after the name. */
    private static String[] fields(long pid) throws IOException {
        String stat = Files.readString(Path.of("/proc/" + pid + "/stat"), StandardCharsets.ISO_8859_1);
        return stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    }
}
