package io.nbguard.core;

import io.nbguard.api.ErrorCode;
import io.nbguard.api.ExecutionId;
import io.nbguard.api.GuardException;
import io.nbguard.api.resource.Allocation;
import io.nbguard.spi.UnavailableException;
import io.nbguard.spi.process.ProcessGroup;
import io.nbguard.spi.process.ProcessIdentity;
import io.nbguard.spi.process.SampleDepth;
import io.nbguard.spi.process.TrackerSession;
import java.time.Instant;

/** Of a guard all of whose executions are run by engines: there is no process to track. */
final class NoTracker implements TrackerSession {

    private static final String NONE = "no executor of this guard starts processes here";

    @Override
    public ProcessGroup create(ExecutionId id, Allocation allocation) {
        throw new GuardException(ErrorCode.ENVIRONMENT, NONE);
    }

    @Override
    public ProcessGroup attach(ExecutionId id, ProcessIdentity root) throws UnavailableException {
        throw new UnavailableException(NONE, "");
    }

    @Override
    public void sample(SampleDepth depth) {}

    @Override
    public Instant startTime(long startTicks) {
        return Instant.EPOCH;
    }

    @Override
    public String description() {
        return "no tracker: " + NONE;
    }

    @Override
    public void close() {}
}
