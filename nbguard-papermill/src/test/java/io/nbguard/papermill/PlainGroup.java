package io.nbguard.papermill;

import io.nbguard.spi.process.GroupUsage;
import io.nbguard.spi.process.ProcessGroup;
import io.nbguard.spi.process.ProcessIdentity;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Starts processes, and knows nothing but the first: what is left over is the executor's fault. */
final class PlainGroup implements ProcessGroup {

    private volatile Process root;

    /** Asked before each command for what comes before it, such as what runs it as another user. */
    volatile Supplier<List<String>> prefix = List::of;

    @Override
    public Process start(ProcessBuilder builder) throws IOException {
        List<String> command = new ArrayList<>(prefix.get());
        command.addAll(builder.command());
        Process process = builder.command(command).start();
        if (root == null) {
            root = process;
        }
        return process;
    }

    Process process() {
        return root;
    }

    @Override
    public Optional<ProcessIdentity> root() {
        return Optional.ofNullable(root).map(process -> new ProcessIdentity(process.pid(), 0));
    }

    @Override
    public GroupUsage usage() {
        return new GroupUsage();
    }

    @Override
    public long measurePss() {
        return -1;
    }

    @Override
    public int kill() {
        if (root == null || !root.isAlive()) {
            return 0;
        }
        root.destroyForcibly();
        return 1;
    }

    @Override
    public boolean killAndConfirm(Duration rootGrace, Duration timeout) throws InterruptedException {
        kill();
        return root == null || root.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void applyHolds() {
        try {
            new ProcessBuilder("kill", "-CONT", Long.toString(root.pid()))
                    .start()
                    .waitFor();
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public boolean isEmpty() {
        return root == null || !root.isAlive();
    }

    @Override
    public void close() {}
}
