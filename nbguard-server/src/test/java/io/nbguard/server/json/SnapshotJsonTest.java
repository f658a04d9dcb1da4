package io.nbguard.server.json;

import static org.assertj.core.api.Assertions.assertThat;

import io.nbguard.api.execution.EndReason;
import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.measure.Reading;
import org.junit.jupiter.api.Test;

class SnapshotJsonTest {

    @Test
    void aReadingIsAValueOrUnlimitedOrUnavailableEachWithItsSource() {
        String json = SnapshotJson.of(Samples.snapshot(new Reading.Unlimited<>("memory.max")));

        assertThat(json)
                .contains("\"memoryUnreclaimableBytes\":{\"value\":1073741824,\"source\":\"test\"}")
                .contains("\"memoryLimitBytes\":{\"unlimited\":true,\"source\":\"memory.max\"}")
                .contains("\"cpuThrottledPeriods\":{\"unavailable\":\"permission denied\",\"source\":\"cpu.stat\"}")
                .contains("\"cpuSeconds\":{\"value\":5.5,")
                .contains("\"executions\":[]")
                .doesNotContain("\n");
    }

    @Test
    void executionsAreShownWithTheirProcesses() {
        String json = SnapshotJson.of(
                Samples.snapshot(Samples.value(ByteSize.ofMebibytes(2048)), Samples.execution("ü \"a\".ipynb")));

        assertThat(json)
                .contains(
                        "\"notebook\":\"ü \\\"a\\\".ipynb\"",
                        "\"state\":\"RUNNING\"",
                        "\"cellsDone\":3",
                        "\"cellsTotal\":7")
                .contains(
                        "\"elapsedSeconds\":12.34",
                        "\"memoryBytes\":224395264",
                        "\"memorySource\":\"pss\"",
                        "\"peakMemoryBytes\":335544320")
                .contains("\"rssBytes\":734003200", "\"pssBytes\":224395264")
                .contains(
                        "\"pid\":101,\"parentPid\":100,\"startedAt\":\"2026-01-13T10:00:00Z\",\"command\":\"python\",\"state\":\"R\"")
                .contains(
                        "\"safety\":{\"tier\":\"READ_ONLY\",\"watchdog\":\"IN_PROCESS\",\"reactionSeconds\":0.02,\"survivableFillBytesPerSecond\":{\"value\":5242880000")
                .contains("\"chargedBytes\":{\"unavailable\":\"no cgroup of its own\"")
                .contains("\"budget\":{\"limitBytes\":1048576000")
                .contains("\"missedTicks\":3");
    }

    @Test
    void aRecordThatWasKilledSaysWhyAndNotHowItsProcessTookIt() {
        assertThat(ExecutionJson.of(Samples.ended(EndReason.WATCHDOG_MEMORY)))
                .contains("\"error\":\"message of WATCHDOG_MEMORY\"");
        assertThat(ExecutionJson.of(Samples.ended(EndReason.CELL_ERROR)))
                .contains("\"error\":\"error of the notebook\"");
    }
}
