package io.nbguard.examples.guard;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.execution.ExecutionRequest;
import io.nbguard.guest.ControlGroup;
import io.nbguard.papermill.PapermillExecutor;
import io.nbguard.spi.PluginConfig;
import io.nbguard.spi.executor.Executor;
import io.nbguard.spi.executor.ExecutorSession;
import io.nbguard.spi.executor.LaunchContext;
import io.nbguard.spi.executor.LaunchedExecution;
import io.nbguard.spi.executor.Readiness;
import io.nbguard.spi.process.ProcessGroup;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;

/** Papermill as ever, but the whole tree of each execution lives in a group whose processor time the kernel counts. */
final class AccountedPapermill implements Executor, AutoCloseable {

    private final PapermillExecutor papermill = new PapermillExecutor();
    private final Map<ExecutionId, ControlGroup> accounts = new ConcurrentHashMap<>();

    @Override
    public String name() {
        return "accounted-papermill";
    }

    @Override
    public Readiness check(PluginConfig configuration) {
        return papermill.check(configuration);
    }

    @Override
    public ExecutorSession open(PluginConfig configuration, ThreadFactory threads) {
        ExecutorSession session = papermill.open(configuration, threads);
        return (request, context) -> launch(session, request, context);
    }

    private LaunchedExecution launch(ExecutorSession session, ExecutionRequest request, LaunchContext context)
            throws InterruptedException {
        ControlGroup account = ControlGroup.create("cpuacct");
        accounts.put(context.id(), account);
        ProcessGroup group = context.localProcesses();
        ProcessGroup joining = with(ProcessGroup.class, group, "start", arguments -> {
            ProcessBuilder builder = (ProcessBuilder) arguments[0];
            return group.start(builder.command(account.joinedBy(builder.command())));
        });
        return session.launch(request, with(LaunchContext.class, context, "localProcesses", none -> joining));
    }

    /** Returns the processor time of an execution's whole tree so far, as the kernel counts it, nanoseconds. */
    long cpuNanos(ExecutionId id) {
        return accounts.get(id).read("cpuacct.usage");
    }

    @Override
    public void close() {
        accounts.values().forEach(ControlGroup::close);
    }

    private interface Replacement {
        Object call(Object[] arguments) throws Throwable;
    }

    /** Returns {@code original} with one method replaced. */
    private static <T> T with(Class<T> type, T original, String method, Replacement replacement) {
        return type.cast(
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, called, arguments) -> {
                    if (called.getName().equals(method)) {
                        return replacement.call(arguments);
                    }
                    try {
                        return called.invoke(original, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }
}
