package io.nbguard.cli;

import io.nbguard.api.ErrorCode;
import io.nbguard.api.GuardException;
import io.nbguard.api.execution.ExecutionRequest;
import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.snapshot.NodeSnapshot;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the demo runs, and how much memory it may take, so that it fits the machine it is shown on.
 *
 * @param budget what all notebooks may hold together
 * @param atOnce how many run at once
 * @param requests the notebooks, with their parameters
 */
record DemoPlan(ByteSize budget, int atOnce, List<ExecutionRequest> requests) {

    private static final ByteSize USUAL_BUDGET = ByteSize.ofMebibytes(1500);
    private static final ByteSize LEAST_BUDGET = ByteSize.ofMebibytes(700);
    // Five notebooks beside the hog hold about 900 MiB; on less, three run at a time.
    private static final ByteSize ROOM_FOR_SIX = ByteSize.ofMebibytes(1300);
    private static final double SHARE_OF_WHAT_IS_FREE = 0.7;

    /**
     * Makes the plan.
     *
     * @param asked the budget asked for, if one was
     * @param node what there is
     * @throws GuardException if there is too little memory for the demo
     */
    static DemoPlan of(@Nullable ByteSize asked, NodeSnapshot node) {
        Optional<ByteSize> free = free(node);
        ByteSize affordable =
                free.map(size -> size.times(SHARE_OF_WHAT_IS_FREE)).orElse(USUAL_BUDGET);
        ByteSize budget = asked != null ? asked : smaller(USUAL_BUDGET, affordable);
        if (budget.compareTo(LEAST_BUDGET) < 0) {
            throw new GuardException(
                    asked != null ? ErrorCode.INVALID_REQUEST : ErrorCode.ENVIRONMENT,
                    (asked != null ? "a budget of " + asked : "what is free here, " + free.orElse(ByteSize.ZERO) + ",")
                            + " is too little for the demo: it needs a budget of " + LEAST_BUDGET
                            + ", and half as much again free");
        }
        if (asked != null && free.isPresent() && asked.compareTo(free.get()) > 0) {
            throw new GuardException(
                    ErrorCode.INVALID_REQUEST,
                    "a budget of " + asked + " is more than what is free here, " + free.get()
                            + ": the demo would endanger the machine");
        }
        boolean roomy = budget.compareTo(ROOM_FOR_SIX) >= 0;
        return new DemoPlan(
                budget, roomy ? 6 : 3, DemoNotebooks.requests(roomy ? 160 : 64, hogBound(budget, affordable)));
    }

    /** Well above the budget, so that only a guard that fails is noticed, and well below what is there. */
    private static ByteSize hogBound(ByteSize budget, ByteSize affordable) {
        ByteSize twice = budget.times(2);
        return affordable.compareTo(budget) > 0 ? smaller(twice, affordable) : budget;
    }

    private static Optional<ByteSize> free(NodeSnapshot node) {
        Optional<ByteSize> used = node.memoryUnreclaimable().value();
        return node.memoryLimit()
                .value()
                .flatMap(limit -> used.map(bytes -> ByteSize.ofBytes(Math.max(0, limit.bytes() - bytes.bytes()))));
    }

    private static ByteSize smaller(ByteSize one, ByteSize other) {
        return one.compareTo(other) <= 0 ? one : other;
    }
}
