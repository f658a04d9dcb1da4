package io.nbguard.api.execution;

import static io.nbguard.api.execution.ExecutionState.ADMITTED;
import static io.nbguard.api.execution.ExecutionState.COMPLETED;
import static io.nbguard.api.execution.ExecutionState.CONTACT_LOST;
import static io.nbguard.api.execution.ExecutionState.FAILED;
import static io.nbguard.api.execution.ExecutionState.KILLED;
import static io.nbguard.api.execution.ExecutionState.LAUNCHING;
import static io.nbguard.api.execution.ExecutionState.LOST;
import static io.nbguard.api.execution.ExecutionState.QUEUED;
import static io.nbguard.api.execution.ExecutionState.RUNNING;
import static io.nbguard.api.execution.ExecutionState.SUSPENDED;
import static io.nbguard.api.execution.ExecutionState.TERMINATING;
import static io.nbguard.api.execution.ExecutionState.WAITING;
import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ExecutionStateTest {

    private static final Map<ExecutionState, Set<ExecutionState>> ALLOWED = Map.ofEntries(
            entry(QUEUED, EnumSet.of(ADMITTED, TERMINATING, FAILED, KILLED, LOST)),
            entry(ADMITTED, EnumSet.of(LAUNCHING, TERMINATING, FAILED, KILLED, LOST)),
            entry(LAUNCHING, EnumSet.of(WAITING, RUNNING, CONTACT_LOST, TERMINATING, COMPLETED, FAILED, KILLED, LOST)),
            entry(WAITING, EnumSet.of(RUNNING, CONTACT_LOST, TERMINATING, COMPLETED, FAILED, KILLED, LOST)),
            entry(RUNNING, EnumSet.of(WAITING, SUSPENDED, CONTACT_LOST, TERMINATING, COMPLETED, FAILED, KILLED, LOST)),
            entry(SUSPENDED, EnumSet.of(RUNNING, CONTACT_LOST, TERMINATING, FAILED, KILLED, LOST)),
            entry(
                    CONTACT_LOST,
                    EnumSet.of(LAUNCHING, WAITING, RUNNING, SUSPENDED, TERMINATING, COMPLETED, FAILED, KILLED, LOST)),
            entry(TERMINATING, EnumSet.of(COMPLETED, FAILED, KILLED, LOST)),
            entry(COMPLETED, Set.of()),
            entry(FAILED, Set.of()),
            entry(KILLED, Set.of()),
            entry(LOST, Set.of()));

    @Test
    void everyPairOfStatesIsAllowedOrRefusedAsTheTableSays() {
        for (ExecutionState from : ExecutionState.values()) {
            for (ExecutionState to : ExecutionState.values()) {
                assertThat(from.canBecome(to))
                        .as("%s -> %s", from, to)
                        .isEqualTo(ALLOWED.get(from).contains(to));
            }
        }
    }

    @Test
    void thePublicViewHasThreeWords() {
        for (ExecutionState state : ExecutionState.values()) {
            ExecutionStatus expected = state == COMPLETED
                    ? ExecutionStatus.COMPLETED
                    : state.isEnd() ? ExecutionStatus.FAILED : ExecutionStatus.RUNNING;
            assertThat(state.status()).isEqualTo(expected);
        }
    }

    @Test
    void everyReasonLeadsToAnEndThatIsNotCompleted() {
        for (EndReason reason : EndReason.values()) {
            assertThat(reason.end().isEnd()).isTrue();
            assertThat(reason.end()).isNotEqualTo(COMPLETED);
        }
    }
}
