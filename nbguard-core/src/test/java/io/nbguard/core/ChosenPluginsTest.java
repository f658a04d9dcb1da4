package io.nbguard.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nbguard.api.GuardException;
import io.nbguard.spi.PluginConfig;
import io.nbguard.spi.executor.Executor;
import io.nbguard.spi.executor.ExecutorCapabilities;
import io.nbguard.spi.executor.ExecutorSession;
import io.nbguard.spi.executor.Readiness;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChosenPluginsTest {

    private static final List<String> ASKED = Collections.synchronizedList(new ArrayList<>());
    private static final Set<PluginConfig> CONFIGURATIONS = Collections.newSetFromMap(new IdentityHashMap<>());

    @TempDir
    private Path root;

    @BeforeEach
    void forget() {
        ASKED.clear();
        CONFIGURATIONS.clear();
    }

    @Test
    void eachExecutorIsAskedOnceWhereItRunsAndAllGetTheSameConfiguration() throws Exception {
        Path services = Files.createDirectories(root.resolve("plugins/META-INF/services"));
        Files.write(
                services.resolve(Executor.class.getName()),
                List.of(Delta.class.getName(), Alpha.class.getName(), Charlie.class.getName(), Bravo.class.getName()));
        Path notebooks = Files.createDirectory(root.resolve("notebooks"));
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        try (URLClassLoader plugins =
                new URLClassLoader(new URL[] {root.resolve("plugins").toUri().toURL()}, before)) {
            Thread.currentThread().setContextClassLoader(plugins);
            assertThatThrownBy(
                            () -> NotebookGuard.builder().notebooks(notebooks).build())
                    .isInstanceOf(GuardException.class)
                    .hasMessageContaining("alpha: health: it rests");
        } finally {
            Thread.currentThread().setContextClassLoader(before);
        }

        assertThat(ASKED).containsExactlyInAnyOrder("alpha", "bravo", "charlie", "delta");
        assertThat(CONFIGURATIONS).hasSize(1);
    }

    /** An executor that cannot work, so that none is opened. */
    public abstract static class Resting implements Executor {

        private final String name;

        Resting(String name) {
            this.name = name;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public ExecutorCapabilities capabilities(PluginConfig configuration) {
            ASKED.add(name);
            CONFIGURATIONS.add(configuration);
            return ExecutorCapabilities.local();
        }

        @Override
        public Readiness check(PluginConfig configuration) {
            CONFIGURATIONS.add(configuration);
            return new Readiness(List.of(new Readiness.Check("health", Readiness.Level.PROBLEM, "it rests", "")));
        }

        @Override
        public ExecutorSession open(PluginConfig configuration, ThreadFactory threads) {
            throw new AssertionError("it said that it cannot work");
        }
    }

    /** Found by its name. */
    public static final class Alpha extends Resting {
        /** Made by name. */
        public Alpha() {
            super("alpha");
        }
    }

    /** Found by its name. */
    public static final class Bravo extends Resting {
        /** Made by name. */
        public Bravo() {
            super("bravo");
        }
    }

    /** Found by its name. */
    public static final class Charlie extends Resting {
        /** Made by name. */
        public Charlie() {
            super("charlie");
        }
    }

    /** Found by its name. */
    public static final class Delta extends Resting {
        /** Made by name. */
        public Delta() {
            super("delta");
        }
    }
}
