package io.nbguard.core.execution;

import io.nbguard.api.measure.Reading;
import io.nbguard.api.measure.UsageReadings;
import io.nbguard.core.event.PluginText;
import io.nbguard.spi.executor.UsageReport;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;

/** Makes of what an engine says of use only what can be meant. */
final class UsageCheck {

    private static final Duration WRONG_CLOCK = Duration.ofMinutes(1);

    private UsageCheck() {}

    /**
     * Returns a report without what cannot be meant; that is unknown. A clock of the engine's that goes wrong is mended.
     *
     * @param earliest before when it cannot have been read
     * @param fault receives what is wrong, for a person
     */
    static UsageReport checked(UsageReport report, Instant earliest, Instant now, Consumer<String> fault) {
        Instant at = report.at();
        if (at.isAfter(now.plus(WRONG_CLOCK)) || at.isBefore(earliest.minus(WRONG_CLOCK))) {
            fault.accept("it reports usage of " + at + ", when it is " + now + " here and the execution began at "
                    + earliest + ": its clock or the engine's goes wrong");
        }
        at = at.isAfter(now) ? now : at.isBefore(earliest) ? earliest : at;
        UsageReadings usage = report.usage();
        return new UsageReport(
                at,
                new UsageReadings(
                        known("memory", usage.memory(), fault),
                        known("peak memory", usage.peakMemory(), fault),
                        cores(usage.cores(), fault),
                        known("processor time", usage.cpuTime(), fault)),
                known("memory limit", report.memoryLimit(), fault));
    }

    private static <T> Reading<T> known(String what, Reading<T> reading, Consumer<String> fault) {
        if (reading instanceof Reading.Value<T> value && value.get() == null) {
            fault.accept("it reports a " + what + " of null; it is unknown then");
            return Reading.unavailable("the executor reports null", reading.source());
        }
        return bounded(reading);
    }

    /** A row of a snapshot has it, once a second for each reader. */
    private static <T> Reading<T> bounded(Reading<T> reading) {
        String source = PluginText.bounded(reading.source());
        if (reading instanceof Reading.Unavailable<T> unknown) {
            return Reading.unavailable(PluginText.bounded(unknown.reason()), source);
        }
        if (source.equals(reading.source())) {
            return reading;
        }
        return reading instanceof Reading.Value<T> value
                ? Reading.of(value.get(), source)
                : new Reading.Unlimited<>(source);
    }

    private static Reading<Double> cores(Reading<Double> reading, Consumer<String> fault) {
        Reading<Double> given = known("number of cores", reading, fault);
        Optional<Double> cores = given.value();
        if (cores.isEmpty() || Double.isFinite(cores.get()) && cores.get() >= 0) {
            return given;
        }
        fault.accept("it reports that " + cores.get() + " cores are used; that is unknown then");
        return Reading.unavailable("the executor reports " + cores.get() + " cores", reading.source());
    }
}
