package io.nbguard.core.announce;

import static org.assertj.core.api.Assertions.assertThat;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.execution.ExecutionState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AnnouncementTest {

    private static final long MS = 1_000_000L;

    @TempDir
    private Path parent;

    private final ExecutionId id = ExecutionId.random();
    private RuntimeFolder folder;
    private Announcement announcement;

    @BeforeEach
    void open() throws IOException {
        folder = RuntimeFolder.open(parent.resolve("run"));
        announcement = new Announcement(Optional.of(folder), id);
    }

    @Test
    void progressIsWrittenTwiceASecondAtMost() throws IOException {
        assertThat(announcement.offer(at(ExecutionState.RUNNING, 1), 0)).isEqualTo(Announcement.NEVER);

        assertThat(announcement.offer(at(ExecutionState.RUNNING, 2), 100 * MS)).isEqualTo(400 * MS);
        assertThat(folder.read()).containsExactly(at(ExecutionState.RUNNING, 1));

        assertThat(announcement.offer(at(ExecutionState.RUNNING, 3), 500 * MS)).isEqualTo(Announcement.NEVER);
        assertThat(folder.read()).containsExactly(at(ExecutionState.RUNNING, 3));
    }

    @Test
    void aNewStateIsWrittenAtOnce() throws IOException {
        announcement.offer(at(ExecutionState.RUNNING, 1), 0);

        announcement.offer(at(ExecutionState.TERMINATING, 1), MS);

        assertThat(folder.read()).containsExactly(at(ExecutionState.TERMINATING, 1));
    }

    @Test
    void nothingIsLeftAfterTheEnd() {
        announcement.offer(at(ExecutionState.RUNNING, 1), 0);

        announcement.withdraw();

        assertThat(parent.resolve("run")).isEmptyDirectory();
    }

    @Test
    void aFailureIsHarmlessAndNotRepeated() throws IOException {
        Files.delete(parent.resolve("run"));

        assertThat(announcement.offer(at(ExecutionState.RUNNING, 1), 0)).isEqualTo(Announcement.NEVER);
        assertThat(announcement.isWanted()).isFalse();
        announcement.withdraw();
    }

    private AnnouncedExecution at(ExecutionState state, int cells) {
        return new AnnouncedExecution(
                id,
                "n.ipynb",
                state,
                cells,
                OptionalInt.empty(),
                0,
                Optional.empty(),
                Instant.EPOCH,
                new GuardProcess(1, 2),
                Optional.empty(),
                Optional.empty());
    }
}
