package io.nbguard.server.http;

import io.nbguard.api.history.AuditRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Refusals that any caller can cause in any number: of unauthenticated callers, and of callers over their rate. They are
 * counted, and make one audit record a minute for each kind of caller. For any thread.
 */
public final class RefusalCount {

    private static final int MOST_ADDRESSES = 1_000;
    private static final int MOST_NAMED = 5;

    private static final Duration BETWEEN_RECORDS = Duration.ofMinutes(1);

    private final Consumer<AuditRecord> audit;
    private final ReentrantLock lock = new ReentrantLock();
    private Map<String, Tally> tallies = new TreeMap<>();

    private static final class Tally {
        private final Map<String, Long> codes = new TreeMap<>();
        private final Set<String> addresses = new LinkedHashSet<>();
    }

    /**
     * Makes it.
     *
     * @param audit takes the records
     */
    public RefusalCount(Consumer<AuditRecord> audit) {
        this.audit = audit;
    }

    /**
     * Counts one.
     *
     * @param actor a role, or {@code nobody}
     * @param code the refusal's
     */
    void add(String actor, String address, String code) {
        lock.lock();
        try {
            if (tallies.isEmpty()) {
                CompletableFuture.delayedExecutor(BETWEEN_RECORDS.toSeconds(), TimeUnit.SECONDS)
                        .execute(this::tell);
            }
            Tally tally = tallies.computeIfAbsent(actor, unknown -> new Tally());
            tally.codes.merge(code, 1L, Long::sum);
            if (tally.addresses.size() < MOST_ADDRESSES) {
                tally.addresses.add(address);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Makes the records of what was counted since the last ones. */
    public void tell() {
        Map<String, Tally> told;
        lock.lock();
        try {
            told = tallies;
            tallies = new TreeMap<>();
        } finally {
            lock.unlock();
        }
        told.forEach((actor, tally) -> audit.accept(record(actor, tally)));
    }

    private static AuditRecord record(String actor, Tally tally) {
        int addresses = tally.addresses.size();
        return new AuditRecord(
                Instant.now(),
                actor,
                origin(tally.addresses),
                "requests.refused",
                addresses
                        + (addresses == 1
                                ? " address"
                                : addresses < MOST_ADDRESSES ? " addresses" : " addresses or more"),
                tally.codes.entrySet().stream()
                        .map(code -> code.getValue() + " " + code.getKey())
                        .collect(Collectors.joining(", ")));
    }

    private static String origin(Set<String> addresses) {
        String named = addresses.stream().limit(MOST_NAMED).collect(Collectors.joining(", "));
        return addresses.size() > MOST_NAMED ? named + ", …" : named;
    }
}
