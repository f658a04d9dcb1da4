package io.nbguard.jdbc.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import org.junit.jupiter.api.Test;

class NativeSqliteTest {

    @Test
    void loadingTwiceIsHarmlessAndChangesNoSetting() {
        for (int i = 0; i < 2; i++) {
            assertThatCode(NativeSqlite::load).doesNotThrowAnyException();
            assertThat(System.getProperty("org.sqlite.tmpdir")).isNull();
        }
    }
}
