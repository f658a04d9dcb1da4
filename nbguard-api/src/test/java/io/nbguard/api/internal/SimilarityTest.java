package io.nbguard.api.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SimilarityTest {

    @ParameterizedTest
    @CsvSource({
        "year, year, 0",
        "yaer, year, 1",
        "yer, year, 1",
        "yeear, year, 1",
        "yeat, year, 1",
        "raey, year, 3",
        "'', year, 4",
        "montly-report, monthly-report, 1"
    })
    void aSlipOfTheFingersIsOneStep(String asked, String name, int steps) {
        assertThat(Similarity.distance(asked, name)).isEqualTo(steps);
        assertThat(Similarity.distance(name, asked)).isEqualTo(steps);
    }

    @Test
    void theNearestNameIsMeant() {
        List<String> names = List.of("mem_swappiness", "memswap_limit", "mem_limit");
        assertThat(Similarity.nearest("mem_limt", names)).contains("mem_limit");
        assertThat(Similarity.nearest("volumes", names)).isEmpty();
    }
}
