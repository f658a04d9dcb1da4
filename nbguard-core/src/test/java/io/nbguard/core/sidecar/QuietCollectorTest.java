package io.nbguard.core.sidecar;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class QuietCollectorTest {

    private static final long MIB = 1 << 20;

    private final AtomicLong used = new AtomicLong(5 * MIB);
    private final AtomicInteger collections = new AtomicInteger();
    private final QuietCollector collector = new QuietCollector(used::get, () -> {
        collections.incrementAndGet();
        used.set(MIB);
    });

    @Test
    void whatWasThereFromTheBeginningIsNoGarbage() {
        used.set(7 * MIB - 1);
        collector.look();

        assertThat(collections).hasValue(0);
    }

    @Test
    void collectsWhatIsWorthIt() {
        used.set(7 * MIB);
        collector.look();
        collector.look();

        assertThat(collections).hasValue(1);

        used.set(3 * MIB);
        collector.look();

        assertThat(collections).hasValue(2);
    }

    @Test
    void whatTheJvmCollectedByItselfIsNotCountedTwice() {
        used.set(2 * MIB);
        collector.look();
        used.set(3 * MIB);
        collector.look();

        assertThat(collections).hasValue(0);

        used.set(4 * MIB);
        collector.look();

        assertThat(collections).hasValue(1);
    }
}
