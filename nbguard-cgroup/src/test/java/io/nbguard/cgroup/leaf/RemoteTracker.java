package io.nbguard.cgroup.leaf;

import io.nbguard.guest.Box;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A JVM somewhere else that has trackers do what a test wants: {@link TrackerProgram}. */
final class RemoteTracker implements AutoCloseable {

    private final Process process;
    private final PrintStream orders;
    private final BufferedReader answers;

    /**
     * Starts it.
     *
     * @param command {@link #program} as one of {@link Box}'s methods has wrapped it
     */
    RemoteTracker(List<String> command) {
        process = Box.start(command);
        orders = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
        answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        String first = answer();
        if (!first.equals("ready")) {
            throw new IllegalStateException("the program says: " + first);
        }
    }

    static List<String> program() {
        return Box.java(TrackerProgram.class);
    }

    /** Sends a command, and returns the answer. */
    String ask(String... words) {
        orders.println(String.join("\t", words).replace('\n', TrackerProgram.NEW_LINE));
        return answer();
    }

    /** Sends a command that must succeed. */
    void tell(String... words) {
        String answer = ask(words);
        if (!answer.equals("ok")) {
            throw new AssertionError(String.join(" ", words) + ": " + answer);
        }
    }

    /** Starts a command in a group and returns its id. */
    long start(String id, String... command) {
        List<String> words = new ArrayList<>(List.of("start", id, "/dev/null"));
        words.addAll(List.of(command));
        return Long.parseLong(ask(words.toArray(String[]::new)));
    }

    private String answer() {
        try {
            return String.valueOf(answers.readLine());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Returns the id of the process that this test has started: the program's own, if it was not contained. */
    long pid() {
        return process.pid();
    }

    /** Kills it, as a crash would. */
    void crash() {
        process.destroyForcibly();
        awaitEnd();
    }

    /** Lets it come to its end. */
    @Override
    public void close() {
        orders.close();
        awaitEnd();
    }

    private void awaitEnd() {
        try {
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IllegalStateException("the program did not come to its end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
