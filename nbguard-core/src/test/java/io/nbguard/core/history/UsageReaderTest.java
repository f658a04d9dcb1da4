package io.nbguard.core.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.snapshot.ExecutionSnapshot;
import io.nbguard.api.snapshot.Snapshot;
import io.nbguard.core.fixture.Snapshots;
import io.nbguard.spi.store.HistoryEntry;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class UsageReaderTest {

    private static final Instant NOON = Instant.parse("2026-11-01T12:00:00Z");
    private static final ExecutionId REMOTE = new ExecutionId("remote000");

    private final UsageReader reader = new UsageReader();
    private final Backlog backlog = new Backlog();

    private void tick(long sequence, ExecutionSnapshot... remote) {
        Snapshot snapshot = Snapshots.of(sequence, NOON.plusSeconds(sequence), ByteSize.ofMebibytes(900));
        reader.read(snapshot.with(List.of(remote)), backlog);
    }

    private List<Instant> points() {
        return backlog.next().stream()
                .map(HistoryEntry.OfUsage.class::cast)
                .filter(point -> point.execution().equals(Optional.of(REMOTE)))
                .map(point -> point.point().at())
                .toList();
    }

    @Test
    void whatAnEngineHasReadOnceIsOnePointAtTheTimeWhenItWasRead() {
        ExecutionSnapshot first = Snapshots.execution(REMOTE, Optional.of(NOON.minusSeconds(3)));
        tick(1, first);
        tick(2, first);
        tick(3, Snapshots.execution(REMOTE, Optional.of(NOON.plusSeconds(2))));
        tick(4);

        assertThat(points()).containsExactly(NOON.minusSeconds(3), NOON.plusSeconds(2));
    }

    @Test
    void whatIsMeasuredHereIsAPointPerTick() {
        ExecutionSnapshot here = Snapshots.execution(REMOTE, Optional.empty());
        tick(1, here);
        tick(1, here);
        tick(2, here);

        assertThat(points()).containsExactly(NOON.plusSeconds(1), NOON.plusSeconds(2));
    }
}
