package io.nbguard.cli.terminal;

import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/** Single key presses from the controlling terminal, without Enter and without echo; the terminal is put back on close. */
public final class Keys implements AutoCloseable {

    private static final File TERMINAL = new File("/dev/tty");

    private final String savedMode;
    private final FileInputStream input;
    private final Thread restoreOnExit;

    private Keys(String savedMode, FileInputStream input) {
        this.savedMode = savedMode;
        this.input = input;
        restoreOnExit = new Thread(this::restore, "nbguard-restore-keys");
        Runtime.getRuntime().addShutdownHook(restoreOnExit);
    }

    /**
     * Begins to read keys.
     *
     * @throws IOException if there is no controlling terminal
     */
    public static Keys open() throws IOException {
        String mode = stty("-g");
        FileInputStream input = new FileInputStream(TERMINAL);
        // min 0, time 1: a read returns after a tenth of a second, so that no thread is left waiting for a key.
        stty("-icanon", "-echo", "min", "0", "time", "1");
        return new Keys(mode, input);
    }

    /**
     * Waits a tenth of a second at most for a key.
     *
     * @return the key's first byte, or −1 if none was pressed
     * @throws IOException if the terminal is gone
     */
    public int read() throws IOException {
        return input.read();
    }

    @Override
    public void close() {
        restore();
        try {
            Runtime.getRuntime().removeShutdownHook(restoreOnExit);
            input.close();
        } catch (IllegalStateException | IOException e) {
            // Going down already: nothing is left to put back.
            return;
        }
    }

    private void restore() {
        try {
            stty(savedMode);
        } catch (IOException e) {
            // The terminal is gone; so is its mode.
            return;
        }
    }

    private static String stty(String... arguments) throws IOException {
        String[] command = new String[arguments.length + 1];
        command[0] = "stty";
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        Process stty = new ProcessBuilder(command)
                .redirectInput(TERMINAL)
                .redirectErrorStream(true)
                .start();
        String answer = new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
        try {
            if (!stty.waitFor(1, TimeUnit.SECONDS) || stty.exitValue() != 0) {
                throw new IOException("stty: " + answer);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while asking the terminal", e);
        }
        return answer;
    }
}
