package io.nbguard.server.json;

import io.nbguard.api.execution.ExecutionRecord;
import io.nbguard.api.execution.ExecutionState;
import java.util.Optional;

/** Why an execution ended, in words: the same for the page, for scripts and in a terminal. */
public final class EndText {

    private EndText() {}

    /**
     * Returns why an execution ended as it did, in a sentence: what the notebook itself says, or, where it was ended from
     * outside, the reason for that. How its processes reacted to being ended is then left out.
     */
    public static Optional<String> why(ExecutionRecord record) {
        return record.state() == ExecutionState.KILLED
                ? record.lifecycle().message().or(record.outcome()::error)
                : record.outcome().error().or(record.lifecycle()::message);
    }
}
