package io.nbguard.api.measure;

import java.util.Optional;
import java.util.function.Function;

/**
 * One measured quantity with where it came from. A value, no limit at all, and "could not be read" are three different
 * things and three different types; there are no sentinel numbers.
 *
 * @param <T> the type of the value, with its unit
 */
public sealed interface Reading<T> {

    /** Returns where this was read, or would have been: a probe and a file, such as {@code cgroup2 /sys/fs/cgroup/memory.max}. */
    String source();

    /** Returns the value, or nothing where there is no limit or no reading. */
    default Optional<T> value() {
        return Optional.empty();
    }

    /** Returns a value with where it was read. */
    static <T> Reading<T> of(T value, String source) {
        return new Value<>(value, source);
    }

    /** Returns that a quantity is not known, why, and where it would have been read. */
    static <T> Reading<T> unavailable(String reason, String source) {
        return new Unavailable<>(reason, source);
    }

    /** Returns this reading with {@code mapper} applied to its value, if it has one. */
    <R> Reading<R> map(Function<? super T, ? extends R> mapper);

    /**
     * A number that was read.
     *
     * @param get the value
     * @param source where it was read
     */
    record Value<T>(T get, String source) implements Reading<T> {
        @Override
        public Optional<T> value() {
            return Optional.of(get);
        }

        @Override
        public <R> Reading<R> map(Function<? super T, ? extends R> mapper) {
            return new Value<>(mapper.apply(get), source);
        }
    }

    /**
     * A limit that is not set: the quantity is unbounded here.
     *
     * @param source where that was read
     */
    record Unlimited<T>(String source) implements Reading<T> {
        @Override
        public <R> Reading<R> map(Function<? super T, ? extends R> mapper) {
            return new Unlimited<>(source);
        }
    }

    /**
     * Not known.
     *
     * @param reason why, in words for a person
     * @param source where it would have been read
     */
    record Unavailable<T>(String reason, String source) implements Reading<T> {
        @Override
        public <R> Reading<R> map(Function<? super T, ? extends R> mapper) {
            return new Unavailable<>(reason, source);
        }
    }
}
