package io.nbguard.cli.terminal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A program in a real terminal, all three of its streams on one pseudo-terminal, whose window can be resized. */
public final class Tmux implements AutoCloseable {

    private final Path socket;

    private Tmux(Path socket) {
        this.socket = socket;
    }

    /** Returns whether there is a tmux here. */
    public static boolean isThere() {
        try {
            return run(List.of("tmux", "-V"), Map.of()).startsWith("tmux ");
        } catch (IOException e) {
            return false;
        }
    }

    /** Starts a program in a window of 80 × 24; its last screen stays when it has ended. */
    public static Tmux start(Path folder, Map<String, String> environment, List<String> command) throws IOException {
        Tmux tmux = new Tmux(folder.resolve("tmux.socket"));
        List<String> arguments = new ArrayList<>(
                List.of("-f", "/dev/null", "new-session", "-d", "-x", "80", "-y", "24", "-c", folder.toString()));
        environment.forEach((name, value) -> arguments.addAll(List.of("-e", name + "=" + value)));
        arguments.addAll(command);
        arguments.addAll(List.of(";", "set-option", "-g", "remain-on-exit", "on"));
        tmux.ask(arguments);
        return tmux;
    }

    /** Makes the window larger or smaller, as by its corner. */
    public void resize(int columns, int rows) throws IOException {
        ask(List.of("resize-window", "-x", Integer.toString(columns), "-y", Integer.toString(rows)));
    }

    /** Returns what has been scrolled out of the window and what is in it, without empty lines at the end. */
    public List<String> lines() throws IOException {
        return ask(List.of("capture-pane", "-p", "-S", "-"))
                .stripTrailing()
                .lines()
                .toList();
    }

    /** Presses keys. */
    public void press(String keys) throws IOException {
        ask(List.of("send-keys", keys));
    }

    private String ask(List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("tmux", "-S", socket.toString()));
        command.addAll(arguments);
        return run(command, Map.of("LC_ALL", "C.UTF-8"));
    }

    private static String run(List<String> command, Map<String, String> environment) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().remove("TMUX");
        builder.environment().putAll(environment);
        Process process = builder.start();
        process.getOutputStream().close();
        String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (!process.waitFor(1, TimeUnit.MINUTES) || process.exitValue() != 0) {
                throw new IOException(command + ": " + answer);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while asking tmux", e);
        }
        return answer;
    }

    /** Ends the program, by a hang-up, and the terminal, and waits for both: until then they may write into the folder. */
    @Override
    public void close() throws IOException {
        List<ProcessHandle> running = ask(List.of("list-panes", "-a", "-F", "#{?pane_dead,#{pid},#{pid} #{pane_pid}}"))
                .lines()
                .flatMap(line -> Stream.of(line.split(" ")))
                .distinct()
                .flatMap(pid -> ProcessHandle.of(Long.parseLong(pid)).stream())
                .toList();
        ask(List.of("kill-server"));
        for (ProcessHandle process : running) {
            process.onExit().orTimeout(1, TimeUnit.MINUTES).join();
        }
    }
}
