package io.nbguard.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nbguard.api.ErrorCode;
import io.nbguard.api.GuardException;
import io.nbguard.api.execution.Execution;
import io.nbguard.api.execution.ExecutionRequest;
import io.nbguard.api.execution.StopMode;
import io.nbguard.api.schedule.ScheduleSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A parameter that the notebook does not know is refused at every entrance, in the same words, before anything starts. */
class UnknownParametersTest {

    private static final String REFUSAL = "notebook 'report.ipynb' has no parameter 'yaer': no cell of it mentions"
            + " that name; did you mean 'year'? Allow unknown parameters to set it all the same";
    private static final String REQUEST = "{\"notebook\":\"report.ipynb\",\"parameters\":{\"yaer\":2026}%s}";

    @TempDir
    Path folder;

    private ServeWorld world;

    @BeforeEach
    void open() throws IOException {
        world = ServeWorld.withPapermill(folder, ServeWorld.GENEROUS);
        world.write("report.ipynb", "year = 2025");
    }

    @AfterEach
    void close() {
        world.close();
    }

    @Test
    void byTheLibrary() {
        ExecutionRequest request =
                ExecutionRequest.of("report.ipynb").parameter("yaer", 2026).build();

        assertThatThrownBy(() -> world.guard.run(request))
                .isInstanceOfSatisfying(
                        GuardException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_REQUEST))
                .hasMessage(REFUSAL);
        assertThatThrownBy(() -> world.guard
                        .schedules()
                        .add(ScheduleSpec.every(Duration.ofHours(1), request).build()))
                .hasMessage(REFUSAL);
        assertThat(world.guard.executions()).isEmpty();
    }

    @Test
    void byTheInterface() throws IOException {
        RawHttp.Answer refused = world.ask("POST", "/api/v1/executions", String.format(REQUEST, ""));
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.error()).isEqualTo(REFUSAL);

        RawHttp.Answer allowed =
                world.ask("POST", "/api/v1/executions", String.format(REQUEST, ",\"allowUnknownParameters\":true"));
        assertThat(allowed.status()).isEqualTo(201);
    }

    @Test
    void unlessTheyAreKnownOrAllowedOrTheNotebookDoesNotSay() throws IOException {
        world.write("free.ipynb", "from settings import *");

        for (ExecutionRequest request : new ExecutionRequest[] {
            ExecutionRequest.of("report.ipynb").parameter("year", 2026).build(),
            ExecutionRequest.of("free.ipynb").parameter("yaer", 2026).build(),
            ExecutionRequest.of("report.ipynb")
                    .parameter("yaer", 2026)
                    .allowUnknownParameters(true)
                    .build()
        }) {
            Execution execution = world.guard.run(request);
            execution.stop(StopMode.IMMEDIATE);
            assertThat(execution.request().parameters()).hasSize(1);
        }
    }
}
