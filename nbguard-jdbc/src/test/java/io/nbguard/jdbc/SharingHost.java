package io.nbguard.jdbc;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.event.EventRecord;
import io.nbguard.api.execution.ExecutionRecord;
import io.nbguard.api.execution.ExecutionRequest;
import io.nbguard.api.history.AuditRecord;
import io.nbguard.api.history.HistoryPage;
import io.nbguard.api.history.HistoryQuery;
import io.nbguard.api.history.UsagePoint;
import io.nbguard.core.NotebookGuard;
import io.nbguard.spi.PluginConfig;
import io.nbguard.spi.UnavailableException;
import io.nbguard.spi.executor.Executor;
import io.nbguard.spi.executor.ExecutorSession;
import io.nbguard.spi.executor.ExitReport;
import io.nbguard.spi.executor.Force;
import io.nbguard.spi.executor.LaunchContext;
import io.nbguard.spi.executor.LaunchedExecution;
import io.nbguard.spi.executor.Readiness;
import io.nbguard.spi.executor.StopAnswer;
import io.nbguard.spi.store.FireAnswer;
import io.nbguard.spi.store.FireClaim;
import io.nbguard.spi.store.FireStart;
import io.nbguard.spi.store.FireTakeover;
import io.nbguard.spi.store.HistoryEntry;
import io.nbguard.spi.store.HistorySession;
import io.nbguard.spi.store.HistoryStore;
import io.nbguard.spi.store.StoredExecution;
import io.nbguard.spi.store.StoredSchedule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;

/**
 * A host with a guard that shares its store with other hosts: {@link SharedStoreTest} runs several, and kills them. What it
 * launches ends at once and is written to a file. Now and then it is killed between a claim and the start.
 */
final class SharingHost {

    private SharingHost() {}

    /** Arguments: folder, URL, user, password, seed, of how many claims, launches and takeovers one is its last (0: none). */
    public static void main(String[] arguments) throws InterruptedException {
        Path folder = Path.of(arguments[0]);
        Random random = new Random(Long.parseLong(arguments[4]));
        int oneOf = Integer.parseInt(arguments[5]);
        NotebookGuard guard = NotebookGuard.builder()
                .notebooks(folder.resolve("notebooks"))
                .outputs(folder.resolve("outputs"))
                .storage(s -> s.temporaryFiles(folder))
                .lifecycle(l -> l.announce(false))
                .maxConcurrent(100)
                .executor(new Marker(folder.resolve("launches")))
                .history(h -> h.store(new Mortal(random, oneOf)))
                .plugins(p -> p.configure("history.url", arguments[1])
                        .configure("history.user", arguments[2])
                        .configure("history.password", arguments[3]))
                .build();
        System.out.println("open with " + guard.schedules().list().size() + " schedules");
        new CountDownLatch(1).await();
    }

    /** Writes down what it is to launch. */
    private record Marker(Path file) implements Executor {

        @Override
        public String name() {
            return "marker";
        }

        @Override
        public Readiness check(PluginConfig configuration) {
            return new Readiness(List.of());
        }

        @Override
        public ExecutorSession open(PluginConfig configuration, ThreadFactory threads) {
            return this::launch;
        }

        private LaunchedExecution launch(ExecutionRequest request, LaunchContext context) {
            try {
                // One write of a few bytes to a file that is opened for appending: no two processes' lines mix.
                Files.writeString(
                        file, context.id().value() + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            context.running();
            return new Ended();
        }
    }

    private record Ended() implements LaunchedExecution {

        @Override
        public CompletableFuture<ExitReport> completion() {
            return CompletableFuture.completedFuture(ExitReport.exited(0).build());
        }

        @Override
        public CompletableFuture<StopAnswer> stop(Force force) {
            return CompletableFuture.completedFuture(StopAnswer.GONE);
        }
    }

    /** The SQL store; of some claims, launches and takeovers its process does not live to hear. */
    private record Mortal(Random random, int oneOf) implements HistoryStore {

        @Override
        public String name() {
            return "mortal";
        }

        @Override
        public HistorySession open(PluginConfig configuration) throws UnavailableException {
            return new MortalSession(new JdbcHistoryStore().open(configuration), random, oneOf);
        }
    }

    private record MortalSession(HistorySession kept, Random random, int oneOf) implements HistorySession {

        @Override
        public FireAnswer claim(FireClaim claim) throws IOException {
            FireAnswer answer = kept.claim(claim);
            if (answer instanceof FireAnswer.Claimed) {
                dieNowAndThen();
            }
            return answer;
        }

        private void dieNowAndThen() throws IOException {
            if (oneOf > 0 && random.nextInt(oneOf) == 0) {
                try {
                    new ProcessBuilder(
                                    "kill",
                                    "-KILL",
                                    Long.toString(ProcessHandle.current().pid()))
                            .start()
                            .waitFor();
                } catch (InterruptedException e) {
                    Runtime.getRuntime().halt(137);
                }
            }
        }

        @Override
        public String description() {
            return kept.description();
        }

        @Override
        public void write(List<HistoryEntry> entries) throws IOException {
            kept.write(entries);
        }

        @Override
        public boolean launching(ExecutionId execution) throws IOException {
            boolean may = kept.launching(execution);
            dieNowAndThen();
            return may;
        }

        @Override
        public List<FireStart> notLaunched() throws IOException {
            return kept.notLaunched();
        }

        @Override
        public boolean takeOver(FireTakeover takeover) throws IOException {
            boolean taken = kept.takeOver(takeover);
            dieNowAndThen();
            return taken;
        }

        @Override
        public boolean reassign(ExecutionId execution, String from, String to) throws IOException {
            return kept.reassign(execution, from, to);
        }

        @Override
        public void maintain(Instant now) throws IOException {
            kept.maintain(now);
        }

        @Override
        public List<StoredExecution> unfinished() throws IOException {
            return kept.unfinished();
        }

        @Override
        public List<StoredSchedule> schedules() throws IOException {
            return kept.schedules();
        }

        @Override
        public HistoryPage<ExecutionRecord> executions(HistoryQuery query) throws IOException {
            return kept.executions(query);
        }

        @Override
        public Optional<StoredExecution> execution(ExecutionId id) throws IOException {
            return kept.execution(id);
        }

        @Override
        public List<UsagePoint> usage(Optional<ExecutionId> id, Instant since, Instant until, int mostPoints)
                throws IOException {
            return kept.usage(id, since, until, mostPoints);
        }

        @Override
        public HistoryPage<EventRecord> events(HistoryQuery query) throws IOException {
            return kept.events(query);
        }

        @Override
        public HistoryPage<AuditRecord> audit(HistoryQuery query) throws IOException {
            return kept.audit(query);
        }

        @Override
        public void close() {
            kept.close();
        }
    }
}
