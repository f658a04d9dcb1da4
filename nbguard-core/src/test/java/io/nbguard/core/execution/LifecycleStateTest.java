package io.nbguard.core.execution;

import static org.assertj.core.api.Assertions.assertThat;

import io.nbguard.api.execution.EndReason;
import io.nbguard.api.execution.ExecutionOutcome;
import io.nbguard.api.execution.ExecutionState;
import io.nbguard.api.execution.StopMode;
import io.nbguard.api.measure.UsageTotals;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class LifecycleStateTest {

    private static final Instant LATER = Instant.ofEpochSecond(7);

    static Stream<Arguments> allPairs() {
        return Arrays.stream(ExecutionState.values())
                .flatMap(from -> Arrays.stream(ExecutionState.values()).map(to -> Arguments.of(from, to)));
    }

    @ParameterizedTest
    @MethodSource("allPairs")
    void aStepIsTakenExactlyWhereTheTableHasIt(ExecutionState from, ExecutionState to) {
        LifecycleState before = in(from);

        LifecycleState after = before.to(to, null, LATER);

        assertThat(after != null).isEqualTo(from.canBecome(to));
        if (after != null) {
            assertThat(after.state()).isEqualTo(to);
            assertThat(after.since()).isEqualTo(LATER);
            assertThat(after.step()).isEqualTo(before.step() + 1);
            assertThat(after.before()).isSameAs(before);
        }
    }

    @ParameterizedTest
    @EnumSource(ExecutionState.class)
    void nbguardCanDecideToEndWhatHasNotEnded(ExecutionState state) {
        LifecycleState ending = in(state).ending(EndCause.userStop(), StopMode.GRACEFUL, LATER);

        assertThat(ending != null).isEqualTo(state.canBecome(ExecutionState.TERMINATING));
        if (ending != null) {
            assertThat(ending.state()).isEqualTo(ExecutionState.TERMINATING);
            assertThat(ending.cause()).isEqualTo(EndCause.userStop());
            assertThat(ending.stop()).isEqualTo(StopMode.GRACEFUL);
        }
    }

    @ParameterizedTest
    @EnumSource(ExecutionState.class)
    void theFirstReasonStays(ExecutionState state) {
        LifecycleState ending = in(state).ending(EndCause.userStop(), StopMode.GRACEFUL, LATER);

        if (ending != null) {
            assertThat(ending.ending(EndCause.timeout(java.time.Duration.ofSeconds(1)), StopMode.IMMEDIATE, LATER))
                    .isNull();
            assertThat(ending.afterExit()).isNull();
        }
    }

    @ParameterizedTest
    @EnumSource(ExecutionState.class)
    void aLaterCauseIsNotRecordedForWhatExitedByItself(ExecutionState state) {
        LifecycleState exited = in(state).afterExit();

        assertThat(exited != null).isEqualTo(!state.isEnd());
        if (exited != null) {
            assertThat(exited.ending(EndCause.userStop(), StopMode.IMMEDIATE, LATER))
                    .isNull();
            assertThat(exited.state()).isEqualTo(state);
        }
    }

    @ParameterizedTest
    @EnumSource(ExecutionState.class)
    void onlyAGracefulStopCanBeHastened(ExecutionState state) {
        assertThat(in(state).hastened()).isNull();

        LifecycleState graceful = in(state).ending(EndCause.userStop(), StopMode.GRACEFUL, LATER);
        if (graceful != null) {
            LifecycleState hastened = graceful.hastened();
            assertThat(hastened).isNotNull();
            assertThat(hastened.stop()).isEqualTo(StopMode.IMMEDIATE);
            assertThat(hastened.step()).isEqualTo(graceful.step());
            assertThat(hastened.hastened()).isNull();
        }
    }

    @ParameterizedTest
    @EnumSource(ExecutionState.class)
    void theWatchdogTakesOverAGracefulStopButNotAKillNorAnEnd(ExecutionState state) {
        EndCause watchdog = new EndCause(EndReason.WATCHDOG_MEMORY, "OOM Prevention: Terminated n", Optional.empty());
        boolean launched = EnumSet.of(
                        ExecutionState.LAUNCHING,
                        ExecutionState.WAITING,
                        ExecutionState.RUNNING,
                        ExecutionState.SUSPENDED,
                        ExecutionState.CONTACT_LOST)
                .contains(state);

        LifecycleState condemned = in(state).condemned(watchdog, LATER);
        assertThat(condemned != null).isEqualTo(launched);
        if (condemned != null) {
            assertThat(condemned.condemned(watchdog, LATER)).isNull();

            LifecycleState graceful = in(state).ending(EndCause.userStop(), StopMode.GRACEFUL, LATER);
            assertThat(graceful).isNotNull();
            LifecycleState taken = graceful.condemned(watchdog, LATER);
            assertThat(taken).isNotNull();
            assertThat(taken.cause()).isEqualTo(watchdog);
            assertThat(taken.stop()).isEqualTo(StopMode.IMMEDIATE);
            assertThat(taken.step()).isEqualTo(graceful.step());

            LifecycleState exited = in(state).afterExit();
            assertThat(exited).isNotNull();
            assertThat(exited.condemned(watchdog, LATER)).isNull();
        }
    }

    @ParameterizedTest
    @EnumSource(ExecutionState.class)
    void anEndIsFinal(ExecutionState state) {
        Verdict killed = Verdict.withoutReport(EndReason.USER_STOP, "Stopped by request", Optional.empty());

        LifecycleState ended = in(state).ended(killed, LATER);

        assertThat(ended != null).isEqualTo(!state.isEnd());
        if (ended != null) {
            assertThat(ended.verdict()).isSameAs(killed);
            assertThat(ended.ended(killed, LATER)).isNull();
        }
    }

    private static LifecycleState in(ExecutionState state) {
        Verdict verdict =
                state.isEnd() ? new Verdict(state, Optional.empty(), ExecutionOutcome.NONE, UsageTotals.UNKNOWN) : null;
        return new LifecycleState(3, state, Instant.EPOCH, null, null, false, verdict, null, null, null);
    }
}
