package io.nbguard.api.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.watchdog.KillScenario;
import io.nbguard.api.watchdog.MemoryRung;
import java.lang.reflect.RecordComponent;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class GuardEventTest {

    private static final ByteSize BUDGET = ByteSize.ofMebibytes(1500);
    private static final ByteSize THRESHOLD = BUDGET.times(0.9375);

    @Test
    void aKillTellsByHowMuchTheThresholdWasCrossed() {
        ExecutionId victim = ExecutionId.random();
        GuardEvent.Terminated event = new GuardEvent.Terminated(
                Instant.EPOCH,
                "hog.ipynb",
                new KillScenario(
                        Instant.EPOCH,
                        KillScenario.Cause.MEMORY_BUDGET,
                        THRESHOLD.plus(ByteSize.ofMebibytes(1)),
                        THRESHOLD,
                        BUDGET,
                        THRESHOLD,
                        "nbguard-heaviest",
                        "heaviest, holds 1.1 GiB",
                        victim,
                        List.of(),
                        false));

        assertThat(event.message())
                .isEqualTo("OOM Prevention: Terminated hog.ipynb [" + victim.shortForm()
                        + "] at 1.374 GiB of 1.5 GiB (threshold 1.373 GiB, nbguard-heaviest: heaviest, holds 1.1 GiB)");
    }

    @Test
    void aRungTellsHowMuchIsLeft() {
        assertThat(new GuardEvent.RungChanged(
                                Instant.EPOCH,
                                KillScenario.Cause.NODE_LIMIT,
                                MemoryRung.WARN,
                                MemoryRung.KILL,
                                ByteSize.ofMebibytes(15990),
                                ByteSize.ofGibibytes(16))
                        .message())
                .isEqualTo("memory WARN -> KILL: 15.6 GiB of 16.0 GiB");
    }

    @Test
    void everyEventHasATypeOfItsOwn() {
        assertThat(EventType.values())
                .extracting(EventType::text)
                .containsExactlyInAnyOrderElementsOf(Arrays.stream(GuardEvent.class.getPermittedSubclasses())
                        .map(Class::getSimpleName)
                        .toList());
        for (GuardEvent event : SampleEvents.all()) {
            assertThat(event.type().text()).isEqualTo(event.getClass().getSimpleName());
            assertThat(EventType.of(event.type().text())).hasValue(event.type());
        }
        assertThat(EventType.of("ofALaterVersion")).isEmpty();
    }

    @Test
    void everyEventWithAnExecutionOrANotebookSaysWhichItIsAbout() {
        for (GuardEvent event : SampleEvents.all()) {
            List<String> parts = Arrays.stream(event.getClass().getRecordComponents())
                    .map(RecordComponent::getName)
                    .toList();
            boolean ofExecution = parts.contains("id") || parts.contains("record") || parts.contains("scenario");
            boolean ofFire = parts.contains("fire");
            assertThat(event.executionId().isPresent()).as("%s", event).isEqualTo(ofExecution || ofFire);
            boolean ofNotebook = parts.contains("notebook") || parts.contains("record") || parts.contains("change");
            assertThat(event.notebookName().isPresent()).as("%s", event).isEqualTo(ofNotebook);
            EventRecord kept = EventRecord.of(event);
            assertThat(kept)
                    .isEqualTo(new EventRecord(
                            event.at(),
                            event.type().text(),
                            event.severity(),
                            event.executionId(),
                            event.notebookName(),
                            event.message()));
        }
    }

    @Test
    void onlyWhatHasEndedANotebookForWantOfMemoryIsAKill() {
        assertThat(SampleEvents.all())
                .filteredOn(event -> EventRecord.of(event).isKill())
                .extracting(GuardEvent::type)
                .containsExactlyInAnyOrder(
                        EventType.TERMINATED, EventType.KERNEL_OOM_KILL, EventType.EMERGENCY_SHUTDOWN);
        GuardEvent elsewhere =
                new GuardEvent.KernelOomKill(Instant.EPOCH, Optional.empty(), Optional.empty(), 1, "elsewhere");
        assertThat(EventRecord.of(elsewhere).isKill()).isFalse();
        assertThat(elsewhere.severity()).isEqualTo(EventSeverity.INFO);
        GuardEvent.Terminated kill = SampleEvents.terminated(true);
        assertThat(EventRecord.of(kill).isKill()).isFalse();
        assertThat(kill.severity()).isEqualTo(EventSeverity.WARNING);
    }
}
