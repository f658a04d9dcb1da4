package io.nbguard.api.snapshot;

import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.measure.Reading;

/**
 * What an execution transferred from and to block devices since its launch.
 *
 * @param read bytes read
 * @param written bytes written
 */
public record IoReadings(Reading<ByteSize> read, Reading<ByteSize> written) {

    /**
     * Returns readings of which none is known.
     *
     * @param reason why, in words for a person
     * @param source where they would have been read
     */
    public static IoReadings unavailable(String reason, String source) {
        return new IoReadings(Reading.unavailable(reason, source), Reading.unavailable(reason, source));
    }
}
