package io.nbguard.cgroup.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PidMapTest {

    @Test
    void holdsWhatAHashMapHolds() {
        PidMap<String> map = new PidMap<>();
        Map<Long, String> model = new HashMap<>();
        Random random = new Random(7);
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < 5000; i++) {
                long pid = random.nextBoolean() ? 1 + random.nextInt(6000) : 1 + random.nextInt(1 << 22);
                map.put(pid, "v" + i);
                model.put(pid, "v" + i);
            }
            assertThat(map.size()).isEqualTo(model.size());
            model.forEach((pid, value) -> assertThat(map.get(pid)).isEqualTo(value));
            for (long pid = 1; pid < 8000; pid++) {
                assertThat(map.get(pid)).isEqualTo(model.get(pid));
            }
            map.clear();
            model.clear();
            assertThat(map.get(1)).isNull();
        }
    }

    @Test
    void noProcessHasTheIdZero() {
        PidMap<String> map = new PidMap<>();
        map.put(1, "init");

        assertThat(map.get(0)).isNull();
    }
}
