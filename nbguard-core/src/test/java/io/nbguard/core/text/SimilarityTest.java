package io.nbguard.core.text;

import static org.assertj.core.api.Assertions.assertThat;

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
}
