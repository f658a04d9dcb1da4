package io.nbguard.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.GuardClock;
import io.nbguard.api.GuardException;
import io.nbguard.api.ScheduleId;
import io.nbguard.api.event.GuardListener;
import io.nbguard.api.execution.ExecutionRequest;
import io.nbguard.api.execution.ExecutionStatus;
import io.nbguard.api.history.History;
import io.nbguard.api.history.HistoryQuery;
import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.measure.CpuTime;
import io.nbguard.api.schedule.ScheduleSpec;
import io.nbguard.api.schedule.Schedules;
import io.nbguard.api.watchdog.WatchdogMode;
import io.nbguard.core.fixture.FakeProbe;
import io.nbguard.core.fixture.FakeTracker;
import io.nbguard.core.fixture.ScriptedExecutor;
import io.nbguard.core.history.MemoryStore;
import io.nbguard.core.policy.HeaviestPolicy;
import io.nbguard.spi.PluginConfig;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A null where a value is needed is refused by the call that brings it, and named; not later, and not elsewhere. */
class NullArgumentsTest {

    private static final ExecutionRequest REQUEST =
            ExecutionRequest.of("report.ipynb").build();

    @TempDir
    private Path folder;

    @Test
    void everyNullIsRefusedAtOnceAndNamed() throws Exception {
        List<String> accepted = new ArrayList<>();
        try (NotebookGuard guard = NotebookGuard.builder()
                .notebooks(folder)
                .lifecycle(l -> l.announce(false))
                .executor(new ScriptedExecutor())
                .plugins(p -> p.probes(new FakeProbe()).tracker(new FakeTracker()))
                .build()) {
            accepted.addAll(acceptedNulls(GuardBuilder.class, NotebookGuard.builder()));
            accepted.addAll(acceptedNulls(WatchdogSettings.class, new WatchdogSettings()));
            accepted.addAll(acceptedNulls(AdmissionSettings.class, new AdmissionSettings()));
            accepted.addAll(acceptedNulls(HistorySettings.class, new HistorySettings()));
            accepted.addAll(acceptedNulls(StorageSettings.class, new StorageSettings()));
            accepted.addAll(acceptedNulls(LifecycleSettings.class, new LifecycleSettings()));
            accepted.addAll(acceptedNulls(PluginSettings.class, new PluginSettings()));
            accepted.addAll(acceptedNulls(NotebookGuard.class, guard));
            accepted.addAll(acceptedNulls(Schedules.class, guard.schedules()));
            accepted.addAll(acceptedNulls(History.class, guard.history()));
            accepted.addAll(acceptedNulls(ExecutionRequest.class, REQUEST));
            accepted.addAll(acceptedNulls(ExecutionRequest.Builder.class, ExecutionRequest.of("report.ipynb")));
            accepted.addAll(acceptedNulls(ScheduleSpec.class, ScheduleSpec.cron("@daily", REQUEST)));
            accepted.addAll(acceptedNulls(ScheduleSpec.Builder.class, ScheduleSpec.cron("@daily", REQUEST)));
            accepted.addAll(acceptedNulls(HistoryQuery.class, HistoryQuery.latest(1)));
            accepted.addAll(acceptedNulls(ByteSize.class, ByteSize.ZERO));
            accepted.addAll(acceptedNulls(CpuTime.class, CpuTime.ZERO));
            accepted.addAll(acceptedNulls(ExecutionId.class, ExecutionId.random()));
            accepted.addAll(acceptedNulls(ScheduleId.class, ScheduleId.random()));
            accepted.addAll(acceptedNulls(NotebookWatch.class, guard));
        }

        assertThat(accepted).isEmpty();
    }

    private List<String> acceptedNulls(Class<?> type, Object instance) throws Exception {
        List<String> accepted = new ArrayList<>();
        for (Method method : type.getDeclaredMethods()) {
            if (!Modifier.isPublic(method.getModifiers())
                    || method.isSynthetic()
                    || method.getName().equals("equals")) {
                continue;
            }
            if (!Modifier.isStatic(method.getModifiers()) && !type.isInstance(instance)) {
                continue;
            }
            Parameter[] parameters = method.getParameters();
            for (int i = 0; i < parameters.length; i++) {
                if (!parameters[i].getType().isPrimitive()
                        && !parameters[i].getAnnotatedType().isAnnotationPresent(Nullable.class)) {
                    String answer = answer(method, instance, i);
                    if (answer != null) {
                        accepted.add(type.getSimpleName() + "." + method.getName() + "(" + parameters[i].getName()
                                + "): " + answer);
                    }
                }
            }
        }
        return accepted;
    }

    /** Returns what is wrong with how a null is taken; null if it is refused and named. */
    private @Nullable String answer(Method method, Object instance, int nullAt) throws Exception {
        Parameter[] parameters = method.getParameters();
        @Nullable Object[] arguments = new Object[parameters.length];
        for (int i = 0; i < arguments.length; i++) {
            arguments[i] = i == nullAt ? null : sample(parameters[i].getType());
        }
        try {
            method.invoke(instance, arguments);
            return "taken";
        } catch (InvocationTargetException e) {
            Throwable thrown = e.getCause();
            boolean refused = thrown instanceof NullPointerException
                    || thrown instanceof IllegalArgumentException
                    || thrown instanceof GuardException;
            String named = ".*\\b" + parameters[nullAt].getName() + "\\b.*";
            return refused && String.valueOf(thrown.getMessage()).matches("(?s)" + named) ? null : thrown.toString();
        }
    }

    private Object sample(Class<?> type) {
        List<Object> samples = List.of(
                folder,
                "report.ipynb",
                Duration.ofSeconds(2),
                Instant.EPOCH,
                ByteSize.ofMebibytes(1),
                CpuTime.ZERO,
                REQUEST,
                ScheduleSpec.cron("@daily", REQUEST).build(),
                new ExecutionId("abcdef"),
                new ScheduleId("nightly"),
                HistoryQuery.latest(1),
                ExecutionStatus.FAILED,
                WatchdogMode.IN_PROCESS,
                CloseAction.WAIT,
                HostDeath.END,
                ZoneId.of("UTC"),
                Optional.empty(),
                Map.of(),
                PluginConfig.EMPTY,
                new ScriptedExecutor(),
                new FakeTracker(),
                new HeaviestPolicy(),
                new MemoryStore(),
                getClass().getClassLoader(),
                GuardClock.SYSTEM,
                2,
                2L,
                0.5,
                true);
        for (Object sample : samples) {
            if (type.isInstance(sample) || boxed(type).isInstance(sample)) {
                return sample;
            }
        }
        if (type == ThreadFactory.class) {
            return (ThreadFactory) Thread::new;
        }
        if (type == GuardListener.class) {
            return (GuardListener) event -> {};
        }
        throw new AssertionError("no sample of " + type);
    }

    private static Class<?> boxed(Class<?> type) {
        if (type == int.class) {
            return Integer.class;
        }
        if (type == long.class) {
            return Long.class;
        }
        if (type == double.class) {
            return Double.class;
        }
        return type == boolean.class ? Boolean.class : type;
    }
}
