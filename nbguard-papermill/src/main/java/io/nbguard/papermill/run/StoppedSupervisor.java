package io.nbguard.papermill.run;

import io.nbguard.spi.executor.LaunchContext;
import java.util.List;

/** Lets a run's supervisor go on when a signal has stopped it, with all else that is not held, and remembers it. */
final class StoppedSupervisor implements Runnable {

    private static final String REMARK = "its supervisor was stopped (SIGSTOP) and continued";

    private final LaunchContext context;
    private volatile boolean stopped;

    StoppedSupervisor(LaunchContext context) {
        this.context = context;
    }

    @Override
    public void run() {
        if (!stopped) {
            stopped = true;
            context.note(REMARK);
        }
        context.localProcesses().applyHolds();
    }

    /** Returns what is to be said of it in the record. */
    List<String> remarks() {
        return stopped ? List.of(REMARK) : List.of();
    }
}
