package io.nbguard.jdbc.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nbguard.api.execution.ExecutionRequest;
import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.resource.ResourceSpec;
import io.nbguard.jdbc.Described;
import io.nbguard.jdbc.Samples;
import io.nbguard.spi.store.StoredExecution;
import io.nbguard.spi.store.StoredSchedule;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("slow")
class RoundTripTest {

    private static final int CASES = 1_000;

    @Test
    void executionsComeBackExactly() throws IOException {
        for (long seed = 0; seed < CASES; seed++) {
            StoredExecution sample = new Samples(seed).execution();
            assertThat(RecordJson.read("it", RecordJson.write(sample.record())))
                    .as("seed %d", seed)
                    .isEqualTo(sample.record());
            assertThat(Described.all(RequestJson.read("it", RequestJson.write(sample.request()))))
                    .as("seed %d", seed)
                    .isEqualTo(Described.all(sample.request()));
        }
    }

    @Test
    void schedulesComeBackExactly() throws IOException {
        for (long seed = 0; seed < CASES; seed++) {
            StoredSchedule sample = new Samples(seed).storedSchedule();
            assertThat(Described.all(ScheduleJson.read("it", ScheduleJson.write(sample), false)))
                    .as("seed %d", seed)
                    .isEqualTo(Described.all(sample));
        }
    }

    @Test
    void aParameterOfTwentyOneMillionCharactersComesBack() throws IOException {
        ExecutionRequest request = ExecutionRequest.of("a.ipynb")
                .parameter("big", "x".repeat(21_000_000))
                .build();

        assertThat(RequestJson.read("it", RequestJson.write(request)).parameters())
                .isEqualTo(request.parameters());
    }

    @Test
    void aRequestThatWasWrittenByTheFirstVersionIsRead() throws IOException {
        String first = "{\"notebook\":\"a.ipynb\",\"parameters\":{},\"environment\":{},\"tags\":[],\"priority\":0,"
                + "\"memoryBytes\":%d,\"timeout\":\"PT10M\"}";

        ExecutionRequest read = RequestJson.read("it", first.formatted(1L << 30));
        assertThat(read.limits())
                .isEqualTo(
                        ResourceSpec.builder().memory(ByteSize.ofGibibytes(1)).build());
        assertThat(read.timeout()).contains(Duration.ofMinutes(10));
        // It took any size above 0.
        assertThat(RequestJson.read("it", first.formatted(1)).limits().memory()).contains(ByteSize.ofMebibytes(6));
    }

    @Test
    void whatCannotBeUnderstoodIsNamed() {
        assertThatThrownBy(() -> RecordJson.read("execution abc", "{\"id\": \"abc\", \"state\": \"DREAMING\"}"))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("execution abc was stored in a form that this version does not understand");
        assertThatThrownBy(() -> RequestJson.read("execution abc", "{"))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("the request of execution abc was stored");
    }
}
