package io.nbguard.cli;

import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.measure.DurationText;
import io.nbguard.api.watchdog.WatchdogMode;
import java.time.Duration;
import java.util.function.Function;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Text to values, for picocli; what is wrong with the text is said in the message. */
final class Converters {

    private Converters() {}

    /** Sizes such as {@code 2g}. */
    static final class Size implements ITypeConverter<ByteSize> {
        /** Made by picocli. */
        Size() {}

        @Override
        public ByteSize convert(String text) {
            return converted(text, Converters::positiveSize);
        }
    }

    /** Durations such as {@code 10m}. */
    static final class Time implements ITypeConverter<Duration> {
        /** Made by picocli. */
        Time() {}

        @Override
        public Duration convert(String text) {
            return converted(text, DurationText::parse);
        }
    }

    /** Thresholds such as {@code 90%}. */
    static final class Threshold implements ITypeConverter<KillThreshold> {
        /** Made by picocli. */
        Threshold() {}

        @Override
        public KillThreshold convert(String text) {
            return converted(text, KillThreshold::parse);
        }
    }

    /** {@code in-process} or {@code sidecar}. */
    static final class Watchdog implements ITypeConverter<WatchdogMode> {
        /** Made by picocli. */
        Watchdog() {}

        @Override
        public WatchdogMode convert(String text) {
            return converted(text, Converters::watchdogMode);
        }
    }

    private static WatchdogMode watchdogMode(String text) {
        return switch (text) {
            case "in-process" -> WatchdogMode.IN_PROCESS;
            case "sidecar" -> WatchdogMode.SIDECAR;
            default ->
                throw new IllegalArgumentException(
                        "'" + text + "' is no place for the watchdog: expected in-process or sidecar");
        };
    }

    private static ByteSize positiveSize(String text) {
        ByteSize size = ByteSize.parse(text);
        if (size.bytes() == 0) {
            throw new IllegalArgumentException("'" + text + "' is no memory at all: expected more than 0");
        }
        return size;
    }

    private static <T> T converted(String text, Function<String, T> conversion) {
        try {
            return conversion.apply(text);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(String.valueOf(e.getMessage()));
        }
    }
}
