package io.nbguard.jdbc.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TextsAndTimesTest {

    @Test
    void timesComeBackToTheNanosecond() {
        Random random = new Random(1);
        for (int i = 0; i < 10_000; i++) {
            long nanos = random.nextLong();
            assertThat(Times.nanos(Times.instant(nanos))).isEqualTo(nanos);
        }
        for (long nanos : List.of(Long.MIN_VALUE, Long.MIN_VALUE + 1, -1L, 0L, 1L, Long.MAX_VALUE)) {
            assertThat(Times.nanos(Times.instant(nanos))).isEqualTo(nanos);
        }
    }

    @Test
    void timesOutsideBecomeTheNearestThereAre() {
        assertThat(Times.nanos(Instant.MIN)).isEqualTo(Long.MIN_VALUE);
        assertThat(Times.nanos(Instant.MAX)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void keysOfLongTextsAreShortAndDiffer() {
        Set<String> keys = new HashSet<>();
        for (int i = 0; i < 1_000; i++) {
            String key = Texts.key("日".repeat(1_000) + i);
            assertThat(key.length()).isLessThanOrEqualTo(400);
            keys.add(key);
        }
        assertThat(keys).hasSize(1_000);
        assertThat(Texts.key("short")).isEqualTo("short");
    }

    @Test
    void digestsTellPartsApart() {
        assertThat(Texts.digest("ab", "c")).isNotEqualTo(Texts.digest("a", "bc"));
        assertThat(Texts.digest("a", null)).isNotEqualTo(Texts.digest("a", ""));
        assertThat(Texts.digest("a", "b")).isEqualTo(Texts.digest("a", "b"));
    }
}
