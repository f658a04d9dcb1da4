package io.nbguard.examples.terminal;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

/**
 * Hears POSIX signals, where this JVM allows it. By reflection, because the compiler warns of {@code sun.misc} without a
 * way to answer, and because a JVM without it still runs everything else: then signals end it, through its shutdown hooks.
 */
final class Signals {

    private Signals() {}

    /** Runs {@code action}, on a thread of its own, whenever this process gets the signal; returns whether that works here. */
    static boolean handle(String name, Runnable action) {
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
