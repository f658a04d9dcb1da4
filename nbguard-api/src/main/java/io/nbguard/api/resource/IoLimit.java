package io.nbguard.api.resource;

import io.nbguard.api.measure.ByteSize;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.StringJoiner;

/**
 * A limit on the use of one block device. What is not given is not limited.
 *
 * @param device the absolute path of the device, such as {@code /dev/sda}
 * @param readBytes the most bytes read per second
 * @param writeBytes the most bytes written per second
 * @param reads the most read operations per second
 * @param writes the most write operations per second
 */
public record IoLimit(
        String device,
        Optional<ByteSize> readBytes,
        Optional<ByteSize> writeBytes,
        OptionalLong reads,
        OptionalLong writes) {

    /**
     * Checks the limit.
     *
     * @throws IllegalArgumentException if the path is not absolute, a rate is 0 or less, or none is given
     */
    public IoLimit {
        if (!device.startsWith("/") || device.length() == 1) {
            throw new IllegalArgumentException(
                    "'" + device + "' is not a block device: expected an absolute path, such as /dev/sda");
        }
        ResourceChecks.oneLine("the path of a block device", device);
        if (readBytes.isEmpty() && writeBytes.isEmpty() && reads.isEmpty() && writes.isEmpty()) {
            throw new IllegalArgumentException("the limit for " + device + " has no rate: expected at least one");
        }
        readBytes.ifPresent(rate -> positive(device, "bytes read", rate.bytes()));
        writeBytes.ifPresent(rate -> positive(device, "bytes written", rate.bytes()));
        reads.ifPresent(rate -> positive(device, "reads", rate));
        writes.ifPresent(rate -> positive(device, "writes", rate));
    }

    private static void positive(String device, String what, long rate) {
        if (rate <= 0) {
            throw new IllegalArgumentException(
                    "the limit for " + device + " is " + rate + " " + what + " per second: expected 1 or more");
        }
    }

    /** Returns the limit for people, such as {@code /dev/sda: 10.0 MiB read, 500 write operations per second}. */
    @Override
    public String toString() {
        StringJoiner rates = new StringJoiner(", ", device + ": ", " per second");
        readBytes.ifPresent(rate -> rates.add(rate + " read"));
        writeBytes.ifPresent(rate -> rates.add(rate + " written"));
        reads.ifPresent(rate -> rates.add(rate + " read operations"));
        writes.ifPresent(rate -> rates.add(rate + " write operations"));
        return rates.toString();
    }
}
