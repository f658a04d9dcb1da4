package io.nbguard.core.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.nbguard.api.watchdog.MemoryRung;
import io.nbguard.core.fixture.ManualClock;
import io.nbguard.core.fixture.RecordedEvents;
import io.nbguard.core.thread.Turn;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.helpers.NOPLogger;

class AdmissionGateTest {

    private final LoopFailures failures =
            new LoopFailures(new Turn(), new RecordedEvents(), new ManualClock(), NOPLogger.NOP_LOGGER);
    private final AdmissionGate gate = new AdmissionGate();
    private final List<String> called = new ArrayList<>();

    @Test
    void itIsClosedFromTheRungThatStopsAdmitting() {
        assertThat(gate.isOpen()).isTrue();

        gate.stand(MemoryRung.WARN, failures);
        assertThat(gate.isOpen()).isTrue();

        gate.stand(MemoryRung.STOP_ADMITTING, failures);
        assertThat(gate.isOpen()).isFalse();

        gate.stand(MemoryRung.KILL, failures);
        assertThat(gate.isOpen()).isFalse();
    }

    @Test
    void actionsAreCalledWhenItOpensAgainAndOnlyThen() {
        gate.onOpened(() -> called.add("opened"));

        gate.stand(MemoryRung.NORMAL, failures);
        gate.stand(MemoryRung.KILL, failures);
        assertThat(called).isEmpty();

        gate.stand(MemoryRung.WARN, failures);
        gate.stand(MemoryRung.NORMAL, failures);
        assertThat(called).containsExactly("opened");
    }

    @Test
    void anActionThatThrowsStopsNoOther() {
        gate.onOpened(() -> {
            throw new OutOfMemoryError("of this test");
        });
        gate.onOpened(() -> called.add("second"));
        gate.stand(MemoryRung.KILL, failures);

        gate.stand(MemoryRung.NORMAL, failures);

        assertThat(called).containsExactly("second");
        assertThat(gate.isOpen()).isTrue();
        assertThat(failures.takeOutOfMemory()).isTrue();
    }

    @Test
    void itOpensAlsoWhereThereIsNoMemoryLeft() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long[] opened = new long[1];
        gate.onOpened(() -> opened[0]++);
        openAndClose(10);
        long before = threads.getCurrentThreadAllocatedBytes();
        openAndClose(100);
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;

        assertThat(opened[0]).isEqualTo(110);
        // The two readings of the counter may allocate a few hundred bytes; an iterator each time would be 3,200.
        assertThat(allocated).isLessThan(1_000);
    }

    private void openAndClose(int times) {
        for (int i = 0; i < times; i++) {
            gate.stand(MemoryRung.KILL, failures);
            gate.stand(MemoryRung.NORMAL, failures);
        }
    }
}
