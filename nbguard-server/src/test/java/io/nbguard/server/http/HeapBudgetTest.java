package io.nbguard.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** The heap that requests may hold together. */
class HeapBudgetTest {

    private final HeapBudget heap = new HeapBudget(10 << 10);

    @Test
    void whatIsSpentIsRefusedWithTheTimeToTryAgain() {
        HeapBudget.Share first = heap.share();
        first.grow(8 << 10);

        assertThatThrownBy(() -> heap.share().grow(3 << 10)).isInstanceOfSatisfying(Refusal.class, refusal -> {
            assertThat(refusal.status()).isEqualTo(503);
            assertThat(refusal.headers()).containsKey("Retry-After");
        });

        first.close();
        heap.share().grow(3 << 10);
        assertThat(heap.left()).isEqualTo(7 << 10);
    }

    @Test
    void aRequestForMoreThanThereIsTakesAllThereIs() {
        HeapBudget.Share share = heap.share();
        share.await(1 << 30);
        assertThat(heap.left()).isZero();

        share.grow(1 << 30);
        share.close();
        share.close();
        assertThat(heap.left()).isEqualTo(10 << 10);
    }

    @Test
    void whatComesAfterTheEndIsGivenBack() {
        HeapBudget.Share share = heap.share();
        share.close();
        share.grow(4 << 10);

        assertThat(heap.left()).isEqualTo(10 << 10);
    }
}
