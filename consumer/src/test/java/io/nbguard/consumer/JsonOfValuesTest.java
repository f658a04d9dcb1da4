package io.nbguard.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.nbguard.api.ExecutionId;
import io.nbguard.api.ScheduleId;
import io.nbguard.api.measure.ByteSize;
import org.junit.jupiter.api.Test;

/** What a host's own Jackson makes of nbguard's values. */
class JsonOfValuesTest {

    private record Row(ExecutionId id, ScheduleId schedule, ByteSize peakMemory) {}

    @Test
    void idsAndSizesArePlainValues() throws Exception {
        Row row = new Row(ExecutionId.of("k3x9m2pq7c4t"), ScheduleId.of("nightly"), ByteSize.parse("2k"));

        assertThat(new ObjectMapper().writeValueAsString(row))
                .isEqualTo("{\"id\":\"k3x9m2pq7c4t\",\"schedule\":\"nightly\",\"peakMemory\":2048}");
    }
}
