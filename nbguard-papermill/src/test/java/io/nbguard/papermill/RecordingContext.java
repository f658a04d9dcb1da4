package io.nbguard.papermill;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.measure.Progress;
import io.nbguard.api.resource.Allocation;
import io.nbguard.spi.PluginConfig;
import io.nbguard.spi.executor.LaunchContext;
import io.nbguard.spi.executor.Staging;
import io.nbguard.spi.executor.UsageReport;
import io.nbguard.spi.process.ProcessGroup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;

/** A launch context that remembers what it is told. */
final class RecordingContext implements LaunchContext {

    final List<Progress> progress = new CopyOnWriteArrayList<>();
    final List<String> notes = new CopyOnWriteArrayList<>();
    final List<Thread> threads = new CopyOnWriteArrayList<>();
    final CountDownLatch running = new CountDownLatch(1);
    final PlainGroup group = new PlainGroup();

    private final Path notebook;
    private final Path folder;
    private final PluginConfig configuration;

    Allocation allocation = Allocation.NONE;

    RecordingContext(Path notebook, Path folder, PluginConfig configuration) throws IOException {
        this.notebook = notebook;
        this.folder = folder;
        this.configuration = configuration;
        Files.createDirectories(stagingDirectory());
        Files.createDirectories(temporaryDirectory());
    }

    @Override
    public ExecutionId id() {
        return new ExecutionId("test");
    }

    @Override
    public Allocation allocation() {
        return allocation;
    }

    @Override
    public Path notebook() {
        return notebook;
    }

    @Override
    public Path stagingDirectory() {
        return folder.resolve("staging");
    }

    @Override
    public Path temporaryDirectory() {
        return folder.resolve("tmp");
    }

    @Override
    public Staging staging() {
        throw new UnsupportedOperationException("papermill uses the paths");
    }

    @Override
    public Optional<ProcessGroup> processes() {
        return Optional.of(group);
    }

    @Override
    public void keep(int version, Map<String, String> state) throws IOException {
        throw new IOException("nothing is kept");
    }

    @Override
    public void waiting(String reason) {
        notes.add("waiting: " + reason);
    }

    @Override
    public void contactLost(String why) {
        notes.add("contact lost: " + why);
    }

    @Override
    public void contactRestored() {
        notes.add("contact restored");
    }

    @Override
    public void restarted(String why) {
        notes.add("restarted: " + why);
    }

    @Override
    public void usage(UsageReport report) {
        notes.add("usage: " + report);
    }

    @Override
    public void output(String stream, int cell, String text) {
        notes.add("output: " + text);
    }

    @Override
    public PluginConfig configuration() {
        return configuration;
    }

    @Override
    public ThreadFactory threads() {
        return work -> {
            Thread thread = new Thread(work, "test-executor");
            thread.setDaemon(true);
            threads.add(thread);
            return thread;
        };
    }

    @Override
    public void running() {
        running.countDown();
    }

    @Override
    public void progress(Progress now) {
        progress.add(now);
    }

    @Override
    public void note(String message) {
        notes.add(message);
    }
}
