package io.nbguard.cli.terminal;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Handles POSIX signals, where this JVM allows it. By reflection, because the compiler warns of {@code sun.misc} without a
 * way to answer, and because a JVM without it still runs everything else: then signals end it, through its shutdown hooks.
 *
 * <p>The JVM keeps one handler for each signal, the last one that was set; so this is the only place that sets one, and it
 * runs all listeners. Safe for use by many threads.
 */
final class Signals {

    private static final Map<String, List<Runnable>> LISTENERS = new HashMap<>();

    private Signals() {}

    /**
     * Runs {@code action}, on a thread of its own, whenever this process gets the signal, after the actions that were added
     * before.
     *
     * @param name such as {@code WINCH}
     * @return whether that works here
     */
    static boolean listen(String name, Runnable action) {
        synchronized (LISTENERS) {
            List<Runnable> listeners = LISTENERS.get(name);
            if (listeners == null) {
                List<Runnable> all = new CopyOnWriteArrayList<>(List.of(action));
                boolean works = handle(name, () -> all.forEach(Runnable::run));
                if (works) {
                    LISTENERS.put(name, all);
                }
                return works;
            }
            listeners.add(action);
            return true;
        }
    }

    /** Sets the JVM's only handler of a signal. */
    private static boolean handle(String name, Runnable action) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object proxy = Proxy.newProxyInstance(
                    Signals.class.getClassLoader(), new Class<?>[] {handler}, (self, method, arguments) -> {
                        switch (method.getName()) {
                            case "handle" -> action.run();
                            case "equals" -> {
                                return arguments != null && self == arguments[0];
                            }
                            case "hashCode" -> {
                                return System.identityHashCode(self);
                            }
                            default -> {
                                return "nbguard's handler of SIG" + name;
                            }
                        }
                        return null;
                    });
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
            return true;
        } catch (ClassNotFoundException
                | NoSuchMethodException
                | IllegalAccessException
                | InstantiationException
                | InvocationTargetException e) {
            // InvocationTargetException: the JVM keeps this signal for itself (-Xrs), or there is none of that name.
            return false;
        }
    }
}
