package io.nbguard.api.snapshot;

import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.measure.Reading;

/**
 * The memory of one process tree by each account of the kernel. {@link ExecutionSnapshot#usage} has the best of them.
 *
 * @param rss sum of RSS: shared pages count once per process
 * @param pss what the tree holds with shared pages counted once; unavailable where it was not measured in the last thirty seconds
 *     (PSS is expensive to read)
 * @param peakRss the highest {@code rss} so far
 * @param charged what the kernel charges to the execution's own cgroup, less file cache and reclaimable slab; unavailable
 *     where it has none
 */
public record MemoryAccounts(
        Reading<ByteSize> rss, Reading<ByteSize> pss, Reading<ByteSize> peakRss, Reading<ByteSize> charged) {

    /**
     * Returns accounts of which none is known.
     *
     * @param reason why, in words for a person
     * @param source where they would have been read
     */
    public static MemoryAccounts unavailable(String reason, String source) {
        Reading<ByteSize> unknown = Reading.unavailable(reason, source);
        return new MemoryAccounts(unknown, unknown, unknown, unknown);
    }
}
