package io.nbguard.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.nbguard.api.ErrorCode;
import io.nbguard.api.GuardException;
import org.junit.jupiter.api.Test;

class FailuresTest {

    @Test
    void aFullQueueIsTooManyRequestsWithTheNumberAndWhenToTryAgain() {
        Refusal refusal = Failures.refusal(
                new GuardException(ErrorCode.OVERLOADED, "10000 executions wait for their turn already"));

        assertThat(refusal.status()).isEqualTo(429);
        assertThat(refusal.headers()).containsEntry("Retry-After", "5");
        assertThat(Failures.json(refusal)).contains("\"OVERLOADED\"", "10000 executions wait");
    }
}
