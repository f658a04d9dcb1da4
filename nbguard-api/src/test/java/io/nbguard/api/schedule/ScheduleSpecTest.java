package io.nbguard.api.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nbguard.api.ScheduleId;
import io.nbguard.api.execution.ExecutionRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScheduleSpecTest {

    private static final ExecutionRequest REQUEST =
            ExecutionRequest.of("n.ipynb").parameter("token", "s3cret").build();

    @Test
    void whatIsNotSetIsAsItUsuallyShouldBe() {
        ScheduleSpec spec = ScheduleSpec.cron("@daily", REQUEST).build();

        assertThat(spec.id()).isEmpty();
        assertThat(spec.zone()).isEqualTo(ZoneId.systemDefault());
        assertThat(spec.start()).isEmpty();
        assertThat(spec.end()).isEmpty();
        assertThat(spec.misfireGrace()).isEqualTo(Duration.ofHours(1));
        assertThat(spec.coalesce()).isTrue();
        assertThat(spec.maxInstances()).isEqualTo(1);
        assertThat(spec.jitter()).isZero();
        assertThat(spec.toString()).contains("nbguard-cron '@daily'", "n.ipynb").doesNotContain("s3cret");
    }

    @Test
    void theTriggersThatComeWithNbguardHaveTheirOwnForms() {
        Instant moment = Instant.parse("2026-01-01T02:00:00Z");

        assertThat(ScheduleSpec.every(Duration.ofMinutes(10), REQUEST).build().expression())
                .isEqualTo("PT10M");
        assertThat(ScheduleSpec.once(moment, REQUEST).build().expression()).isEqualTo("2026-01-01T02:00:00Z");
        assertThat(ScheduleSpec.once(moment, REQUEST).build().trigger()).isEqualTo("nbguard-once");
    }

    @Test
    void whatIsOutOfBoundsIsRefusedAtOnce() {
        ScheduleSpec.Builder builder = ScheduleSpec.cron("@daily", REQUEST);
        Instant now = Instant.EPOCH;

        assertThatThrownBy(() -> builder.misfireGrace(Duration.ZERO)).hasMessageContaining("PT1S to PT720H, not PT0S");
        assertThatThrownBy(() -> builder.jitter(Duration.ofMillis(-1))).hasMessageContaining("jitter");
        assertThatThrownBy(() -> builder.maxInstances(0)).hasMessageContaining("from 1 to 1000, not 0");
        assertThatThrownBy(() -> ScheduleSpec.of(" ", "x", REQUEST)).hasMessageContaining("trigger name is blank");
        assertThatThrownBy(() -> builder.start(now).end(now.minusSeconds(1)).build())
                .hasMessageContaining("before it starts at 1970-01-01T00:00:00Z");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-x", "Nightly", "a b", "a/b", "ä", "../x"})
    void anIdIsSafeInAFileNameAndInAUrl(String id) {
        assertThatThrownBy(() -> new ScheduleId(id))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + id + "'")
                .hasMessageContaining("nightly-sales");
    }

    @Test
    void randomIdsDiffer() {
        assertThat(ScheduleId.random()).isNotEqualTo(ScheduleId.random());
        assertThat(new ScheduleId("x")).hasToString("x");
    }

    @Test
    void aRequestOfAScheduleIsTheSameOtherwise() {
        ExecutionRequest request = ExecutionRequest.of("n.ipynb")
                .parameter("year", 2026)
                .environment("A", "b")
                .workingDirectory(Path.of("/work"))
                .python(Path.of("/venv"))
                .kernel("python3")
                .output(Path.of("/out.ipynb"))
                .owner("ada")
                .tag("nightly")
                .priority(3)
                .timeout(Duration.ofMinutes(1))
                .build();

        ExecutionRequest scheduled = request.scheduledBy(new ScheduleId("x"));

        assertThat(request.schedule()).isEmpty();
        assertThat(scheduled.schedule()).contains(new ScheduleId("x"));
        assertThat(scheduled)
                .usingRecursiveComparison()
                .ignoringFields("schedule")
                .isEqualTo(request);
    }
}
