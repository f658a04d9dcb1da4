package io.nbguard.core.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import io.nbguard.core.announce.GuardProcess;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** What proves that a guard is dead. */
class FolderOwnerTest {

    private static final GuardProcess SELF = GuardProcess.current();

    private static FolderOwner owner(String boot, String pidNamespace, String machine) {
        return new FolderOwner(SELF, boot, pidNamespace, Optional.ofNullable(machine), OptionalLong.empty());
    }

    @Test
    void aProcessOfAnEarlierBootOfTheSameMachineIsDeadWhateverItsIdIsNow() {
        FolderOwner self = owner("boot 2", "pid:[1]", "a");

        assertThat(owner("boot 1", "pid:[1]", "a").isDead(self)).isTrue();
        assertThat(self.isDead(self)).isFalse();
    }

    @Test
    void nothingIsProvedOfAnotherMachineOrNamespaceOrAnUnknownMachine() {
        FolderOwner self = owner("boot 2", "pid:[1]", "a");

        assertThat(owner("boot 1", "pid:[1]", "b").isDead(self)).isFalse();
        assertThat(owner("boot 1", "pid:[1]", null).isDead(self)).isFalse();
        assertThat(owner("boot 2", "pid:[2]", "a").isDead(self)).isFalse();
        assertThat(owner("boot 1", "pid:[1]", null).isDead(owner("boot 2", "pid:[1]", null)))
                .isFalse();
    }

    @Test
    void itsTextSaysAllOfIt() {
        FolderOwner known = owner("boot 1", "pid:[1]", "a");
        FolderOwner unknown = owner("boot 1", "pid:[1]", null);

        assertThat(FolderOwner.parse(known.toText())).contains(known);
        assertThat(FolderOwner.parse(unknown.toText())).contains(unknown);
        assertThat(FolderOwner.parse(known.toText() + "instance=x\n"))
                .as("what a later nbguard adds")
                .contains(known);
    }

    @Test
    void aMachineIsKnownByItsIdAndItsNameAndOutsideContainersOnly() {
        Optional<String> name = MachineName.of("0123456789abcdef\n", "node-1\n");

        assertThat(name.orElseThrow()).matches("[0-9a-f]{32}");
        assertThat(MachineName.of("0123456789abcdef", "node-1")).isEqualTo(name);
        assertThat(MachineName.of("0123456789abcdef", "its-clone")).isNotEqualTo(name);
        assertThat(MachineName.of("fedcba9876543210", "node-1")).isNotEqualTo(name);
        assertThat(MachineName.of("uninitialized\n", "node-1")).isEmpty();
        assertThat(MachineName.of("\n", "node-1")).isEmpty();
        assertThat(MachineName.ofThisMachine("pid:[4026532201]")).isEmpty();
    }

    @Test
    void aClockThatIsSetMakesNoLivingProcessDead() {
        FolderOwner self = FolderOwner.current().orElseThrow();
        GuardProcess otherDate = new GuardProcess(
                self.guard().pid(),
                self.guard().startedAtMillis() - Duration.ofHours(1).toMillis());
        FolderOwner before =
                new FolderOwner(otherDate, self.boot(), self.pidNamespace(), self.machine(), self.startTicks());

        assertThat(before.isDead(self)).isFalse();
        assertThat(FolderOwner.parse(before.toText())).contains(before);
        assertThat(new FolderOwner(
                                otherDate,
                                self.boot(),
                                self.pidNamespace(),
                                self.machine(),
                                OptionalLong.of(self.startTicks().orElseThrow() + 1))
                        .isDead(self))
                .as("another process of the same id")
                .isTrue();
    }
}
