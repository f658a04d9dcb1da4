package io.nbguard.server.shape;

import com.fasterxml.jackson.core.JsonGenerator;
import io.nbguard.api.measure.ByteSize;
import io.nbguard.core.GuardDescription;
import java.io.IOException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where the watchdog acts, in bytes of the limit that holds at this moment.
 *
 * @param warn where a warning is published
 * @param stopAdmitting where nothing new is started
 * @param kill where an execution is ended
 */
public record Thresholds(String warn, String stopAdmitting, String kill) {

    private static final Pattern PERCENT = Pattern.compile("([0-9.]+) %");

    /** Returns those in force in a guard. */
    public static Thresholds of(GuardDescription guard) {
        return new Thresholds(guard.warnAt(), guard.stopAdmittingAt(), guard.killAt());
    }

    /** Returns the kill threshold under a limit. */
    public long killBytes(long limit) {
        return bytes(kill, limit);
    }

    private static long bytes(String threshold, long limit) {
        Matcher percent = PERCENT.matcher(threshold);
        return percent.matches()
                ? Math.round(limit * (Double.parseDouble(percent.group(1)) / 100))
                : Math.min(limit, ByteSize.parse(threshold).bytes());
    }

    /** Writes the field {@code thresholds}; null without a limit. */
    public void write(JsonGenerator json, Optional<ByteSize> limit) throws IOException {
        if (limit.isEmpty()) {
            json.writeNullField("thresholds");
            return;
        }
        long most = limit.get().bytes();
        json.writeObjectFieldStart("thresholds");
        json.writeNumberField("warnBytes", bytes(warn, most));
        json.writeNumberField("stopAdmittingBytes", bytes(stopAdmitting, most));
        json.writeNumberField("killBytes", bytes(kill, most));
        json.writeEndObject();
    }
}
