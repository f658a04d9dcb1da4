package io.nbguard.core.execution;

import static org.assertj.core.api.Assertions.assertThat;

import io.nbguard.api.execution.ExecutionState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LifecycleTest {

    private final List<ExecutionState> published = new ArrayList<>();

    private boolean step(Lifecycle lifecycle, ExecutionState next) {
        return lifecycle.change(now -> now.to(next, null, Instant.EPOCH));
    }

    @Test
    void aListenerThatThrowsMissesThatStateOnly() {
        Lifecycle lifecycle = new Lifecycle(LifecycleState.first(ExecutionState.ADMITTED, Instant.EPOCH), at -> {
            if (at.state() == ExecutionState.LAUNCHING) {
                throw new IllegalStateException("on purpose");
            }
            published.add(at.state());
        });
        lifecycle.tell();

        assertThat(step(lifecycle, ExecutionState.LAUNCHING)).isTrue();
        assertThat(step(lifecycle, ExecutionState.RUNNING)).isTrue();

        assertThat(published).containsExactly(ExecutionState.ADMITTED, ExecutionState.RUNNING);
    }
}
