package io.nbguard.core.execution;

import io.nbguard.core.measure.Watched;
import io.nbguard.core.workspace.RunFolders;

/**
 * Another process that watches this guard's executions, may end them, and cleans up after a guard that was killed. Methods
 * are called by the runs' threads.
 */
public interface OutsideWatch {

    /** There is no such process. */
    OutsideWatch NONE = new OutsideWatch() {
        @Override
        public void begin(Watched execution, RunFolders folders) {}

        @Override
        public void end(Watched execution) {}

        @Override
        public void learnKills() {}
    };

    /** Announces an execution whose folders are made and of which nothing has been started yet. Does not wait. */
    void begin(Watched execution, RunFolders folders);

    /** Reports that nothing of the execution is left. Does not wait. */
    void end(Watched execution);

    /**
     * Waits until every kill that it has sent so far is known here, for two seconds at most: the end of an execution may
     * be seen here before the report of what ended it.
     */
    void learnKills();
}
