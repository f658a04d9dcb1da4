package io.nbguard.cli;

import io.nbguard.api.GuardException;
import io.nbguard.cli.client.Item;
import io.nbguard.spi.PluginConfig;
import io.nbguard.spi.executor.EngineHealth;
import io.nbguard.spi.executor.Executor;
import io.nbguard.spi.executor.ExecutorCapabilities;
import io.nbguard.spi.executor.ExecutorSession;
import io.nbguard.spi.executor.Readiness.Check;
import io.nbguard.spi.executor.Readiness.Level;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/** Where an executor runs notebooks, what it can do, and whether its engine answers. */
final class ExecutorCheck {

    private static final String TITLE = "executor";
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private ExecutorCheck() {}

    /**
     * Looks at an executor of this class path; asks its engine, if it has one, for five seconds at most.
     *
     * @param only whether nothing can be run without it
     */
    static Check of(Executor executor, PluginConfig configuration, boolean only) {
        try {
            ExecutorCapabilities capabilities = executor.capabilities(configuration);
            String what =
                    executor.name() + ": " + (capabilities.isLocal() ? "local" : "remote") + features(capabilities);
            if (capabilities.isLocal()) {
                return new Check(TITLE, Level.OK, what, "");
            }
            EngineHealth health = health(executor, configuration);
            return health.reachable()
                    ? new Check(TITLE, Level.OK, what + "; its engine answers", "")
                    : new Check(
                            TITLE,
                            only ? Level.PROBLEM : Level.ADVICE,
                            what + "; its engine does not answer" + since(health) + why(health.finding()),
                            "start the engine, or mend the way to it; what was started there goes on or waits");
        } catch (GuardException e) {
            return new Check(TITLE, Level.ADVICE, executor.name() + ": " + e.getMessage(), "");
        } catch (RuntimeException | LinkageError e) {
            return new Check(
                    TITLE,
                    Level.ADVICE,
                    executor.name() + " failed when it was asked: " + e,
                    "report it to its author");
        }
    }

    private static String features(ExecutorCapabilities capabilities) {
        return capabilities.features().stream()
                .map(feature -> feature.name().toLowerCase(Locale.ROOT).replace('_', ' '))
                .sorted()
                .collect(Collectors.collectingAndThen(
                        Collectors.joining(", "), found -> found.isEmpty() ? "" : ", with " + found));
    }

    private static String since(EngineHealth health) {
        return health.since().map(at -> " since " + at).orElse("");
    }

    private static String why(String finding) {
        return finding.isBlank() ? "" : ": " + finding;
    }

    private static EngineHealth health(Executor executor, PluginConfig configuration) {
        CompletableFuture<EngineHealth> answer = new CompletableFuture<>();
        Thread asking = daemon(() -> {
            try (ExecutorSession session = executor.open(configuration, ExecutorCheck::daemon)) {
                answer.complete(session.health());
            } catch (Throwable e) {
                answer.completeExceptionally(e);
            }
        });
        asking.start();
        try {
            EngineHealth health = answer.get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
            return health == null ? unknown("the executor returned null") : health;
        } catch (TimeoutException e) {
            return unknown("the executor has not said how it does within " + TIMEOUT.toSeconds() + " s");
        } catch (ExecutionException e) {
            return unknown(
                    e.getCause() instanceof GuardException known
                            ? String.valueOf(known.getMessage())
                            : "the executor failed: " + e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return unknown("it was not waited for");
        } finally {
            asking.interrupt();
        }
    }

    private static EngineHealth unknown(String finding) {
        return new EngineHealth(false, Optional.empty(), finding);
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "nbguard-doctor-executor");
        thread.setDaemon(true);
        return thread;
    }

    /**
     * Returns what a serve says of engines that do not answer.
     *
     * @param node its answer of that name
     */
    static List<Check> unreachable(Item node, String url) {
        return node.items("executors").stream()
                .filter(executor -> !executor.flag("reachable"))
                .map(executor -> new Check(
                        TITLE,
                        Level.ADVICE,
                        executor.text("name") + " of the serve at " + url + ": " + executor.text("location")
                                + "; its engine does not answer" + spaced(" since ", executor.text("since"))
                                + spaced(": ", executor.text("finding")),
                        "start the engine, or mend the way to it; what was started there goes on or waits"))
                .toList();
    }

    private static String spaced(String before, String text) {
        return text.isBlank() ? "" : before + text;
    }
}
