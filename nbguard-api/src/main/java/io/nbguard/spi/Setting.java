package io.nbguard.spi;

import io.nbguard.api.measure.ByteSize;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A setting of a guard that a plugin reads: its key, the type of its value, what holds where it is not set. A plugin keeps
 * each in a constant, lists it in {@link Plugin#settings} and reads it by {@link PluginConfig#get}:
 *
 * <pre>{@code
 * static final Setting<Duration> TIMEOUT =
 *         Setting.duration("acme.timeout", "How long the engine may take to answer.").usually("10s").between("1s", "1h");
 * }</pre>
 *
 * <p>Values come as text, in the same forms from every entrance. Immutable.
 *
 * @param <T> the type of its value
 */
public final class Setting<T> {

    private static final Pattern FORM = Pattern.compile("[a-z0-9][a-z0-9-]*(\\.[a-z0-9][a-z0-9-]*)+");

    private final String key;
    private final SettingType<T> type;
    private final String meaning;
    private final @Nullable T usual;
    private final String usualText;

    private Setting(String key, SettingType<T> type, String meaning, @Nullable T usual, String usualText) {
        if (!FORM.matcher(key).matches()) {
            throw new IllegalArgumentException("'" + key
                    + "' is not the key of a setting: expected words of a-z, 0-9 and - with dots between them, such as"
                    + " papermill.python");
        }
        this.key = key;
        this.type = type;
        this.meaning = Objects.requireNonNull(meaning, "meaning");
        this.usual = usual;
        this.usualText = usualText;
    }

    private static <T> Setting<T> of(String key, SettingType<T> type, String meaning) {
        return new Setting<>(key, type, meaning, null, "none");
    }

    /**
     * Makes one whose value is any text.
     *
     * @param key its name, such as {@code papermill.python}: two or more words of lower-case letters, digits and {@code -},
     *     with dots between them, the first of which names its plugin
     * @param meaning what it does, in a sentence or two for a person
     * @throws IllegalArgumentException if the key has another form
     */
    public static Setting<String> text(String key, String meaning) {
        return of(key, SettingType.TEXT, meaning);
    }

    /** Makes one whose value is the path of a file or folder; see {@link #text}. */
    public static Setting<Path> path(String key, String meaning) {
        return of(key, SettingType.PATH, meaning);
    }

    /** Makes one whose value is {@code on} or {@code true}, {@code off} or {@code false}; see {@link #text}. */
    public static Setting<Boolean> flag(String key, String meaning) {
        return of(key, SettingType.FLAG, meaning);
    }

    /** Makes one whose value is a size as {@link ByteSize#parse} reads it; see {@link #text}. */
    public static Setting<ByteSize> size(String key, String meaning) {
        return of(key, SettingType.SIZE, meaning);
    }

    /** Makes one whose value is a duration as {@link io.nbguard.api.measure.DurationText} reads it; see {@link #text}. */
    public static Setting<Duration> duration(String key, String meaning) {
        return of(key, SettingType.DURATION, meaning);
    }

    /** Makes one whose value is a whole number of 32 bits; see {@link #text}. */
    public static Setting<Integer> integer(String key, String meaning) {
        return of(key, SettingType.INTEGER, meaning);
    }

    /** Makes one whose value is from 0 to 1, such as {@code 0.9} or {@code 90%}; see {@link #text}. */
    public static Setting<Double> fraction(String key, String meaning) {
        return of(key, SettingType.FRACTION, meaning);
    }

    /** Makes one whose value is a constant's name in lower case with {@code -} for {@code _}; see {@link #text}. */
    public static <E extends Enum<E>> Setting<E> oneOf(String key, Class<E> constants, String meaning) {
        return of(key, SettingType.oneOf(constants), meaning);
    }

    /**
     * Returns it with a value that holds where it is not set.
     *
     * @throws IllegalArgumentException if it is no such value
     */
    public Setting<T> usually(String text) {
        return new Setting<>(key, type, meaning, parse(text), "`" + text + "`");
    }

    /** Returns it with what holds where it is not set, for a person: for what is not a fixed value. */
    public Setting<T> withoutIt(String description) {
        return new Setting<>(key, type, meaning, null, description);
    }

    /**
     * Returns it with bounds.
     *
     * @param lowest the lowest value, in the form of the type
     * @param highest the highest value
     * @throws IllegalArgumentException if one of them is no such value, or the type has no order
     */
    public Setting<T> between(String lowest, String highest) {
        return new Setting<>(key, type.between(lowest, highest), meaning, usual, usualText);
    }

    /**
     * Returns it with a condition on its value.
     *
     * @param expected what is accepted, for a person: {@code such as 1 to 30 letters}
     */
    public Setting<T> accepting(Predicate<? super T> condition, String expected) {
        return new Setting<>(key, type.accepting(condition, expected), meaning, usual, usualText);
    }

    /** Returns its name. */
    public String key() {
        return key;
    }

    /** Returns which values it takes, for a person, in Markdown. */
    public String type() {
        return type.text();
    }

    /** Returns what holds where it is not set, for a person, in Markdown. */
    public String usual() {
        return usualText;
    }

    /** Returns what it does, for a person, in Markdown. */
    public String meaning() {
        return meaning;
    }

    /**
     * Reads a value.
     *
     * @throws IllegalArgumentException if it cannot be meant; the message names the key, the value and what was expected
     */
    public T parse(String text) {
        try {
            return type.parse(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(key + ": " + e.getMessage(), e);
        }
    }

    Optional<T> usualValue() {
        return Optional.ofNullable(usual);
    }

    /** Returns the key. */
    @Override
    public String toString() {
        return key;
    }
}
