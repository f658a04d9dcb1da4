package io.nbguard.spi;

import io.nbguard.api.internal.Similarity;
import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.measure.DurationText;
import java.math.BigDecimal;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The type of a setting's value.
 *
 * @param text which values it takes, for a person, in Markdown
 * @param reader makes a value of text; its {@link IllegalArgumentException} names the text and what was expected
 * @param order the order of values; null if they have none
 */
record SettingType<T>(
        String text, Function<String, T> reader, @Nullable Comparator<? super T> order) {

    static final SettingType<String> TEXT = new SettingType<>("text", Function.identity(), null);
    static final SettingType<Path> PATH = new SettingType<>("path", SettingType::path, null);
    static final SettingType<Boolean> FLAG = new SettingType<>("`on` or `off`", SettingType::flag, null);
    static final SettingType<ByteSize> SIZE = new SettingType<>("size", ByteSize::parse, Comparator.naturalOrder());
    static final SettingType<Duration> DURATION =
            new SettingType<>("duration", DurationText::parse, Comparator.naturalOrder());
    static final SettingType<Integer> INTEGER =
            new SettingType<>("whole number", SettingType::integer, Comparator.naturalOrder());
    static final SettingType<Double> FRACTION =
            new SettingType<>("part", SettingType::fraction, Comparator.naturalOrder());

    private static final Pattern PART = Pattern.compile("(\\d{1,9}(?:\\.\\d{1,15})?|\\.\\d{1,15})\\s*(%?)");

    static <E extends Enum<E>> SettingType<E> oneOf(Class<E> constants) {
        Map<String, E> words = new LinkedHashMap<>();
        for (E constant : constants.getEnumConstants()) {
            words.put(constant.name().toLowerCase(Locale.ROOT).replace('_', '-'), constant);
        }
        String text = words.keySet().stream().map(word -> "`" + word + "`").collect(Collectors.joining(", "));
        return new SettingType<>(text, given -> word(given, words), null);
    }

    T parse(String given) {
        return reader.apply(given);
    }

    SettingType<T> between(String lowest, String highest) {
        Comparator<? super T> comparator = order;
        if (comparator == null) {
            throw new IllegalArgumentException("a setting of type " + text + " has no order and takes no bounds");
        }
        T low = parse(lowest);
        T high = parse(highest);
        return restricted(
                value -> comparator.compare(low, value) <= 0 && comparator.compare(value, high) <= 0,
                lowest + " to " + highest,
                text + ", `" + lowest + "` to `" + highest + "`");
    }

    SettingType<T> accepting(Predicate<? super T> condition, String expected) {
        return restricted(condition, expected, text + ": " + expected);
    }

    private SettingType<T> restricted(Predicate<? super T> condition, String expected, String description) {
        return new SettingType<>(
                description,
                given -> {
                    T value = parse(given);
                    if (!condition.test(value)) {
                        throw refused(given, "is not accepted", expected);
                    }
                    return value;
                },
                order);
    }

    private static Path path(String given) {
        try {
            return Path.of(given);
        } catch (InvalidPathException e) {
            throw refused(given, "is not a path", "the path of a file or folder");
        }
    }

    private static boolean flag(String given) {
        return word(given, Map.of("on", true, "true", true, "off", false, "false", false), List.of("on", "off"));
    }

    private static <V> V word(String given, Map<String, V> words) {
        return word(given, words, words.keySet());
    }

    private static <V> V word(String given, Map<String, V> words, Collection<String> told) {
        V value = words.get(given.strip().toLowerCase(Locale.ROOT));
        if (value != null) {
            return value;
        }
        String near = Similarity.nearest(given.strip(), told)
                .map(word -> "; did you mean " + word + "?")
                .orElse("");
        throw refused(given, "is not one of its values", listed(told) + near);
    }

    /** Returns {@code a}, {@code a or b}, {@code a, b or c}. */
    private static String listed(Collection<String> words) {
        String[] all = words.toArray(String[]::new);
        String last = all[all.length - 1];
        return all.length == 1
                ? last
                : String.join(", ", Arrays.asList(all).subList(0, all.length - 1)) + " or " + last;
    }

    private static int integer(String given) {
        try {
            return Integer.parseInt(given.strip());
        } catch (NumberFormatException e) {
            throw refused(given, "is not a whole number", "digits, such as 100");
        }
    }

    private static double fraction(String given) {
        var part = PART.matcher(given.strip());
        if (part.matches()) {
            BigDecimal number =
                    new BigDecimal(part.group(1)).movePointLeft(part.group(2).isEmpty() ? 0 : 2);
            if (number.compareTo(BigDecimal.ONE) <= 0) {
                return number.doubleValue();
            }
        }
        throw refused(given, "is not a part", "from 0 to 1, such as 0.9 or 90%");
    }

    private static IllegalArgumentException refused(String given, String why, String expected) {
        return new IllegalArgumentException("'" + given + "' " + why + ": expected " + expected);
    }
}
