package io.nbguard.core.admission;

import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.snapshot.ExecutionSnapshot;
import io.nbguard.api.snapshot.Snapshot;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The memory budget with what engines run elsewhere, which the sampling loop does not watch. It holds back starts, and ends nothing:
 * no execution elsewhere is a candidate of a kill policy.
 *
 * @param stopAtBytes where nothing more is started
 * @param local what is measured on this node
 * @param elsewhere what engines report
 */
record WholeBudget(long stopAtBytes, Supplier<Snapshot> local, Supplier<List<ExecutionSnapshot>> elsewhere) {

    /** Returns whether one more may be started. What an engine has not reported counts nothing, and its last report until the end. */
    boolean hasRoom() {
        long left = stopAtBytes
                - local.get()
                        .budget()
                        .map(Snapshot.BudgetSnapshot::used)
                        .map(ByteSize::bytes)
                        .orElse(0L);
        for (ExecutionSnapshot execution : elsewhere.get()) {
            Optional<ByteSize> held = execution.usage().memory().value();
            if (held.isPresent()) {
                // Whatever an engine reports, the difference of two such numbers is none that overflows.
                left = left < 0 ? left : left - held.get().bytes();
            }
        }
        return left > 0;
    }
}
