package io.nbguard.core.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.GuardClock;
import io.nbguard.api.event.GuardEvent;
import io.nbguard.api.event.GuardEvent.PluginMisbehaved;
import io.nbguard.api.event.GuardEvent.PluginMisbehaved.Fault;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PluginFaultsTest {

    private final List<GuardEvent> events = new ArrayList<>();
    private final PluginFaults faults = new PluginFaults(events::add, GuardClock.SYSTEM);

    @Test
    void theSameFaultIsToldOnceAndAnotherOneToo() {
        for (int i = 0; i < 10; i++) {
            faults.tell("kill policy", "slow", Fault.TOO_SLOW, null, "did not answer within 20 ms");
        }
        faults.tell("kill policy", "slow", Fault.THREW, new IllegalStateException("broken"), "failed");
        faults.tell("trigger", "slow", Fault.TOO_SLOW, null, "did not answer within 1 s");

        assertThat(events)
                .extracting(GuardEvent::message)
                .containsExactly(
                        "kill policy slow: did not answer within 20 ms",
                        "kill policy slow: failed",
                        "trigger slow: did not answer within 1 s");
    }

    @Test
    void aPluginThatHasBehavedIsToldOfAgain() {
        faults.tell("kill policy", "slow", Fault.TOO_SLOW, null, "did not answer");
        faults.behaved("kill policy", "slow");
        faults.tell("kill policy", "slow", Fault.TOO_SLOW, null, "did not answer");

        assertThat(events).hasSize(2);
    }

    @Test
    void theMessageNamesTheExecutionAndTheEventHasIt() {
        ExecutionId id = ExecutionId.random();

        faults.tell(
                "executor",
                "odd",
                Fault.INVALID_ANSWER,
                Optional.of(id),
                Optional.of("a.ipynb"),
                null,
                "gave no report");

        assertThat(events).singleElement().isInstanceOfSatisfying(PluginMisbehaved.class, told -> {
            assertThat(told.id()).contains(id);
            assertThat(told.message()).isEqualTo("executor odd (a.ipynb [" + id.shortForm() + "]): gave no report");
        });
    }
}
