package io.nbguard.core.sidecar;

import static org.assertj.core.api.Assertions.assertThat;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.execution.ExecutionState;
import io.nbguard.api.measure.Progress;
import io.nbguard.core.fixture.FakeGroup;
import io.nbguard.core.measure.Watched;
import io.nbguard.core.workspace.RunFolders;
import io.nbguard.spi.process.FreezeReason;
import io.nbguard.spi.process.ProcessGroup;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What the sidecar knows of a host's pauses. */
class SidecarHoldsTest {

    private static final ExecutionId ID = ExecutionId.random();
    private static final RunFolders FOLDERS = new RunFolders(Path.of("t"), Path.of("s"), Path.of("o"));

    private final FakeGroup there = new FakeGroup();
    private final RemoteExecution remote = new RemoteExecution(
            new Message.Watch(ID, "a.ipynb", 0, Optional.empty(), 0, FOLDERS),
            0,
            new Outbox(OutputStream.nullOutputStream()));

    private static Message.Update update(FreezeReason... holds) {
        return new Message.Update(ID, Optional.empty(), ExecutionState.RUNNING, true, Set.of(holds), Progress.NONE);
    }

    @Test
    void theEndOfAKillDoesNotWakeWhatTheHostsUserHasPaused() {
        remote.attached(there);
        remote.group().freeze(FreezeReason.BYSTANDER);

        remote.learn(update(FreezeReason.USER));
        remote.group().thaw(FreezeReason.BYSTANDER);

        assertThat(there.frozenBy()).containsExactly(FreezeReason.USER);
    }

    @Test
    void whatTheHostReleasesIsReleasedAndTheWatchdogsOwnHoldStays() {
        remote.attached(there);
        remote.learn(update(FreezeReason.USER, FreezeReason.EXECUTOR));
        remote.group().freeze(FreezeReason.BYSTANDER);

        remote.learn(update(FreezeReason.EXECUTOR));
        assertThat(there.frozenBy()).containsExactlyInAnyOrder(FreezeReason.BYSTANDER, FreezeReason.EXECUTOR);
        remote.learn(update());

        assertThat(there.frozenBy()).containsExactly(FreezeReason.BYSTANDER);
    }

    @Test
    void aSidecarThatComesLaterHoldsWhatIsPausedAlready() {
        remote.learn(update(FreezeReason.USER));

        remote.attached(there);

        assertThat(there.frozenBy()).containsExactly(FreezeReason.USER);
    }

    @Test
    void aHoldThatIsKnownIsNotAskedForAgain() {
        remote.attached(there);

        remote.learn(update(FreezeReason.USER));
        remote.learn(update(FreezeReason.USER));

        assertThat(there.log).containsExactly("freeze USER");
    }

    @Test
    void theHostTellsOfAPauseAndItsEndAtOnceAndNeverOfItsOwnWatchdogsHold() throws IOException {
        FakeGroup here = new FakeGroup();
        SidecarRegistration registration = new SidecarRegistration(new Running(here), FOLDERS);
        registration.isWatched();
        Told told = new Told();

        registration.tell(told.outbox, 1);
        here.freeze(FreezeReason.BYSTANDER);
        registration.tell(told.outbox, 2);
        here.freeze(FreezeReason.USER);
        registration.tell(told.outbox, 3);
        registration.tell(told.outbox, 4);
        here.thaw(FreezeReason.BYSTANDER);
        registration.tell(told.outbox, 5);
        here.thaw(FreezeReason.USER);
        registration.tell(told.outbox, 6);
        here.freeze(FreezeReason.USER);
        registration.tellAnew();
        registration.isWatched();
        registration.tell(told.outbox, 7);

        assertThat(told.holds())
                .containsExactly(Set.of(), Set.of(FreezeReason.USER), Set.of(), Set.of(FreezeReason.USER));
    }

    /** What was sent to a sidecar. */
    private static final class Told {

        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final Outbox outbox = new Outbox(bytes);

        private List<Set<FreezeReason>> holds() throws IOException {
            outbox.close();
            outbox.run();
            DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes.toByteArray()));
            MessageWire.readGreeting(in);
            List<Set<FreezeReason>> all = new ArrayList<>();
            for (Message message = MessageWire.read(in); message != null; message = MessageWire.read(in)) {
                if (message instanceof Message.Update update) {
                    all.add(update.frozenBy());
                }
            }
            return all;
        }
    }

    /** An execution of the host that runs. */
    private record Running(ProcessGroup group) implements Watched {

        @Override
        public ExecutionId id() {
            return ID;
        }

        @Override
        public String notebook() {
            return "a.ipynb";
        }

        @Override
        public int priority() {
            return 0;
        }

        @Override
        public Optional<io.nbguard.api.measure.ByteSize> memoryLimit() {
            return Optional.empty();
        }

        @Override
        public ExecutionState state() {
            return ExecutionState.RUNNING;
        }

        @Override
        public boolean mayBeCondemned() {
            return true;
        }

        @Override
        public Progress progress() {
            return Progress.NONE;
        }

        @Override
        public long launchedAtNanos() {
            return 0;
        }

        @Override
        public void measured(long peakBytes, long cpuNanos) {}

        @Override
        public boolean condemn(io.nbguard.api.watchdog.KillScenario scenario) {
            return false;
        }

        @Override
        public void kill() {}

        @Override
        public boolean gone() {
            return false;
        }
    }
}
