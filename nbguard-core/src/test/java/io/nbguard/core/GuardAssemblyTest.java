package io.nbguard.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nbguard.api.execution.ExecutionRequest;
import io.nbguard.core.fixture.Eventually;
import io.nbguard.core.fixture.FakeProbe;
import io.nbguard.core.fixture.FakeTracker;
import io.nbguard.core.history.MemoryStore;
import io.nbguard.spi.PluginConfig;
import io.nbguard.spi.UnavailableException;
import io.nbguard.spi.executor.Executor;
import io.nbguard.spi.executor.ExecutorCapabilities;
import io.nbguard.spi.executor.ExecutorSession;
import io.nbguard.spi.executor.LaunchContext;
import io.nbguard.spi.executor.LaunchedExecution;
import io.nbguard.spi.executor.Readiness;
import io.nbguard.spi.probe.ProbeSession;
import io.nbguard.spi.probe.ResourceProbe;
import io.nbguard.spi.process.ProcessTracker;
import io.nbguard.spi.process.TrackerSession;
import io.nbguard.spi.store.HistorySession;
import io.nbguard.spi.store.HistoryStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever fails while a guard is made: what was opened before is closed, in the reverse order, and no thread stays. */
@Timeout(120)
class GuardAssemblyTest {

    @TempDir
    private Path root;

    private final List<String> opened = new CopyOnWriteArrayList<>();
    private final List<String> closed = new CopyOnWriteArrayList<>();
    private final List<Thread> threads = new CopyOnWriteArrayList<>();

    /** The step that fails, such as {@code store.open}; none if empty. */
    private String failing = "";

    private final Thread builder = Thread.currentThread();

    /** The number of the thread that the factory does not make for the thread that builds the guard, from 1; none if 0. */
    private int refusedThread;

    private int wantedByBuilder;

    @AfterEach
    void noThreadIsLeft() {
        Eventually.until(
                "every thread has ended: " + threads, () -> threads.stream().noneMatch(Thread::isAlive));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "probe b.open",
                "tracker.open",
                "executor a.capabilities",
                "executor a.open",
                "executor b.open",
                "store.open",
                "store.description",
                "store.schedules",
                "probe b.description",
                "tracker.description"
            })
    void whateverFailsToOpenWhatWasOpenedBeforeIsClosedInTheReverseOrder(String step) {
        failing = step;

        assertThatThrownBy(() -> builder().build()).hasMessageContaining("on purpose: " + step);

        assertThat(closed).containsExactlyElementsOf(reversed(opened));
    }

    @Test
    void aGuardWithoutAPlaceForItsRulesClosesItsExecutors() {
        assertThatThrownBy(() -> builder().executorForTag("gpu", "slurm").build())
                .hasMessageContaining("'slurm'");

        assertThat(opened).endsWith("executor a", "executor b");
        assertThat(closed).containsExactlyElementsOf(reversed(opened));
    }

    @Test
    void whicheverThreadCannotBeMadeWhatWasOpenedBeforeIsClosedInTheReverseOrder() {
        int refused = 0;
        while (true) {
            refusedThread = ++refused;
            wantedByBuilder = 0;
            threads.clear();
            opened.clear();
            closed.clear();
            try (NotebookGuard guard = builder().build()) {
                assertThat(guard.description().executors()).containsExactly("executor-a", "executor-b");
                break;
            } catch (IllegalStateException e) {
                assertThat(e).hasMessageContaining("returned no thread");
                assertThat(closed).as("without thread %s", refused).containsExactlyElementsOf(reversed(opened));
                noThreadIsLeft();
            }
        }
        // Sampling, the watch over it, admission, scheduler, history, claims and the listener.
        assertThat(refused).isGreaterThan(7);
    }

    @Test
    void aGuardClosesItsPartsInTheReverseOrder() {
        builder().build().close();

        assertThat(opened).containsExactly("probe a", "probe b", "tracker", "executor a", "executor b", "store");
        assertThat(closed).containsExactlyElementsOf(reversed(opened));
    }

    @ParameterizedTest
    @ValueSource(strings = {"store", "executor b", "executor a", "tracker", "probe b", "probe a"})
    void aPartThatFailsToCloseKeepsNoOtherOpen(String part) {
        NotebookGuard guard = builder().build();
        failing = part + ".close";

        guard.close();

        assertThat(closed).containsExactlyElementsOf(reversed(opened));
    }

    private GuardBuilder builder() {
        return NotebookGuard.builder()
                .notebooks(root)
                .lifecycle(l -> l.announce(false))
                .plugins(p -> p.probes(probe("probe a"), probe("probe b")).tracker(tracker()))
                .executor(executor("executor a"))
                .executor(executor("executor b"))
                .history(h -> h.store(store()))
                .listener(event -> {})
                .threadFactory(threadFactory());
    }

    private ThreadFactory threadFactory() {
        return work -> {
            // Others make threads meanwhile, sooner or later.
            if (Thread.currentThread() == builder && ++wantedByBuilder == refusedThread) {
                return null;
            }
            Thread thread = new Thread(work);
            threads.add(thread);
            return thread;
        };
    }

    private static List<String> reversed(List<String> names) {
        List<String> reversed = new ArrayList<>(names);
        Collections.reverse(reversed);
        return reversed;
    }

    private void step(String name) {
        if (name.equals(failing)) {
            throw new IllegalStateException("on purpose: " + name);
        }
    }

    /** Returns a session that notes when it is opened and closed, and fails when it is meant to. */
    private <S> S session(Class<S> type, String name, S real) {
        step(name + ".open");
        opened.add(name);
        Object proxy =
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> {
                    if (method.getName().equals("close")) {
                        closed.add(name);
                    }
                    step(name + "." + method.getName());
                    try {
                        return method.invoke(real, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
        return type.cast(proxy);
    }

    private ResourceProbe probe(String name) {
        return new ResourceProbe() {
            @Override
            public String name() {
                return "nbguard-" + name.replace(' ', '-');
            }

            @Override
            public int preference() {
                return 0;
            }

            @Override
            public ProbeSession open(PluginConfig configuration) {
                return session(ProbeSession.class, name, new FakeProbe());
            }
        };
    }

    private ProcessTracker tracker() {
        return new ProcessTracker() {
            @Override
            public String name() {
                return "own-tracker";
            }

            @Override
            public int preference() {
                return 0;
            }

            @Override
            public TrackerSession open(PluginConfig configuration) throws UnavailableException {
                return session(TrackerSession.class, "tracker", new FakeTracker());
            }
        };
    }

    private HistoryStore store() {
        return new HistoryStore() {
            @Override
            public String name() {
                return "own-store";
            }

            @Override
            public HistorySession open(PluginConfig configuration) {
                return session(HistorySession.class, "store", new MemoryStore().open(configuration));
            }
        };
    }

    private Executor executor(String name) {
        return new Executor() {
            @Override
            public String name() {
                return name.replace(' ', '-');
            }

            @Override
            public Readiness check(PluginConfig configuration) {
                return new Readiness(List.of());
            }

            @Override
            public ExecutorCapabilities capabilities(PluginConfig configuration) {
                if (!opened.isEmpty()) {
                    step(name + ".capabilities");
                }
                return ExecutorCapabilities.local();
            }

            @Override
            public ExecutorSession open(PluginConfig configuration, ThreadFactory factory) {
                return session(ExecutorSession.class, name, new Idle());
            }
        };
    }

    private static final class Idle implements ExecutorSession {
        @Override
        public @Nullable LaunchedExecution launch(ExecutionRequest request, LaunchContext context) {
            return null;
        }
    }
}
