package io.nbguard.core.schedule;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.execution.Execution;
import io.nbguard.spi.store.FireAnswer;
import io.nbguard.spi.store.StoredSchedule;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** Claims fires where guards share their schedules. Every method returns at once; answers may come on any thread. */
public interface FireClaims {

    /** For a guard that shares its schedules with no other guard: every claim succeeds. */
    FireClaims ALONE = new FireClaims() {
        @Override
        public void claim(Wanted wanted, Answer answer) {
            answer.is(new FireAnswer.Claimed());
        }

        @Override
        public LaunchPermit permit(Instant until) {
            return LaunchPermit.FREE;
        }

        @Override
        public void giveBack(List<Start> starts) {}

        @Override
        public void giveUp(List<Start> starts, String reason) {}

        @Override
        public boolean areShared() {
            return false;
        }

        @Override
        public void schedules(Consumer<List<StoredSchedule>> answer) {
            answer.accept(List.of());
        }

        @Override
        public void tellSilence() {}

        @Override
        public void refuseMore() {}
    };

    /**
     * What is to be started for a fire.
     *
     * @param dueAt when the fire was due
     */
    record Start(Execution execution, Instant dueAt) {}

    /**
     * What is to be acted on.
     *
     * @param after the schedule as it stands then
     * @param first when the first of the fires was due
     * @param actedOn how many fires of the schedule had been acted on before
     * @param starts what is to be started then
     * @param here the executions of the schedule that this guard knows
     * @param underWayHere how many of them have not ended
     * @param until when there is no use in it any more
     */
    record Wanted(
            StoredSchedule after,
            Instant first,
            long actedOn,
            List<Start> starts,
            Set<ExecutionId> here,
            int underWayHere,
            Instant until) {}

    /** Takes the result of a claim; one of the two methods is called, once. */
    interface Answer {

        /** The store has answered. */
        void is(FireAnswer answer);

        /** The store could not be reached while that was of use; {@code reason} is for people. */
        void isMissing(String reason);
    }

    /** Claims, and tries again while the store cannot be reached. */
    void claim(Wanted wanted, Answer answer);

    /**
     * Returns what decides over the launch of an execution of a claimed fire.
     *
     * @param until how long to wait for a store that cannot be reached
     */
    LaunchPermit permit(Instant until);

    /** Says that what was claimed is not launched here, as the guard is being closed: where that is possible another one does. */
    void giveBack(List<Start> starts);

    /** Says that what was claimed is launched by no guard; {@code reason} is for people. */
    void giveUp(List<Start> starts, String reason);

    /**
     * Returns whether schedules are taken up from the store by other guards, and by the next: then what a guard does not act
     * on is not lost.
     */
    boolean areShared();

    /** Asks for all schedules of the store; there is no answer if it cannot be reached. */
    void schedules(Consumer<List<StoredSchedule>> answer);

    /** Reports, once, that the store has not answered for long. */
    void tellSilence();

    /** Claims nothing any more: the guard is being closed. What was claimed may still be launched. */
    void refuseMore();
}
