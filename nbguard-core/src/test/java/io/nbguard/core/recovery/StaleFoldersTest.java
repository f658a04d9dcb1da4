package io.nbguard.core.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.nbguard.api.ExecutionId;
import io.nbguard.core.announce.GuardProcess;
import io.nbguard.core.fixture.DeadGuard;
import io.nbguard.core.fixture.ExecutionStandIn;
import io.nbguard.core.workspace.Claim;
import io.nbguard.core.workspace.FolderOwner;
import io.nbguard.core.workspace.KeptRun;
import io.nbguard.core.workspace.RunFolders;
import io.nbguard.spi.process.ProcessIdentity;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StaleFoldersTest {

    @TempDir
    private Path place;

    private FolderOwner self;
    private FolderOwner dead;

    @BeforeEach
    void endAProcess() throws Exception {
        self = FolderOwner.current().orElseThrow();
        dead = DeadGuard.seenBy(self);
    }

    private Path folder(String name, FolderOwner owner) throws Exception {
        Path folder = Files.createDirectory(place.resolve(name));
        Files.createDirectories(folder.resolve("sub"));
        Files.writeString(folder.resolve("sub/kernel.json"), "key");
        if (owner != null) {
            Files.writeString(place.resolve(name + ".guard"), owner.toText());
        }
        return folder;
    }

    @Test
    void whatADeadGuardHasLeftIsRemoved() throws Exception {
        folder("nbguard-dead", dead);
        Files.writeString(place.resolve("nbguard-neverMade.guard"), dead.toText());

        StaleFolders.remove(place);

        assertThat(place).isEmptyDirectory();
    }

    @Test
    void whatLivesOrMayLiveSomewhereElseStays() throws Exception {
        Path living = folder("nbguard-living", self);
        Path elsewhere = folder(
                "nbguard-elsewhere",
                new FolderOwner(dead.guard(), dead.boot(), "pid:[1]", self.machine(), OptionalLong.empty()));
        Path otherMachine = folder(
                "nbguard-other",
                new FolderOwner(
                        dead.guard(),
                        "another boot",
                        dead.pidNamespace(),
                        Optional.of("another"),
                        OptionalLong.empty()));
        Path unclaimed = folder("nbguard-unclaimed", null);

        StaleFolders.remove(place);

        assertThat(living.resolve("sub/kernel.json")).exists();
        assertThat(elsewhere.resolve("sub/kernel.json")).exists();
        assertThat(otherMachine.resolve("sub/kernel.json")).exists();
        assertThat(unclaimed.resolve("sub/kernel.json")).exists();
    }

    @Test
    void aProcessThatHasGotTheSameIdIsNotTakenForTheGuard() throws Exception {
        GuardProcess longAgo = new GuardProcess(self.guard().pid(), self.guard().startedAtMillis() - 60_000);
        folder(
                "nbguard-reused",
                new FolderOwner(longAgo, self.boot(), self.pidNamespace(), self.machine(), OptionalLong.empty()));

        StaleFolders.remove(place);

        assertThat(place).isEmptyDirectory();
    }

    @Test
    void linksAreNotFollowed() throws Exception {
        Path precious = folder("precious", null);
        Files.createSymbolicLink(place.resolve("nbguard-link"), precious);
        Files.writeString(place.resolve("nbguard-link.guard"), dead.toText());
        Path claimed = folder("nbguard-claimed", null);
        Files.writeString(place.resolve("claim"), dead.toText());
        Files.createSymbolicLink(place.resolve("nbguard-claimed.guard"), place.resolve("claim"));

        StaleFolders.remove(place);

        assertThat(precious.resolve("sub/kernel.json")).exists();
        assertThat(claimed.resolve("sub/kernel.json")).exists();
    }

    @Test
    void whatIsNoClaimIsLeftAlone() throws Exception {
        Path folder = folder("nbguard-torn", null);
        Files.writeString(place.resolve("nbguard-torn.guard"), "pid=12");
        Files.writeString(place.resolve("nbguard-large.guard"), dead.toText() + "#".repeat(200_000));

        StaleFolders.remove(place);

        assertThat(folder.resolve("sub/kernel.json")).exists();
        assertThat(place.resolve("nbguard-large.guard")).exists();
    }

    @Test
    void whatOutlivesItsGuardStaysAndIsTakenOverOnce() throws Exception {
        ExecutionId id = ExecutionId.random();
        Path folder = folder("nbguard-" + id.value(), null);
        KeptRun run = new KeptRun(
                new RunFolders(folder, place.resolve("a b=ü/.nbguard-x"), place.resolve("a b=ü/out.ipynb")),
                ExecutionStandIn.handle(new ProcessIdentity(4711, 815)));
        Claim.make(run.folders());
        assertThat(KeptRuns.isHeld(id, place)).isTrue();
        Claim.keep(run);
        assertThat(KeptRuns.takeOver(id, place)).as("its guard lives").isEmpty();
        Path claim = place.resolve(folder.getFileName() + ".guard");
        Files.writeString(claim, Files.readString(claim).replace(self.toText(), dead.toText()));

        StaleFolders.remove(place);

        assertThat(folder.resolve("sub/kernel.json")).exists();
        assertThat(KeptRuns.isHeld(id, place)).isFalse();
        assertThat(KeptRuns.takeOver(id, place)).contains(run);
        assertThat(KeptRuns.isHeld(id, place)).isTrue();
        assertThat(KeptRuns.takeOver(id, place)).as("a living guard holds it").isEmpty();
    }

    @Test
    void anEmptyStagingFolderOfADeadGuardIsRemovedAndOneWithANotebookStays() throws Exception {
        Path empty = Files.createDirectories(place.resolve("runs/.nbguard-empty"));
        Path partial = Files.createDirectories(place.resolve("runs/.nbguard-partial"));
        Path strange = Files.createDirectories(place.resolve("runs/strange"));
        Files.writeString(partial.resolve("executed.ipynb"), "{}");
        for (Path staging : List.of(empty, partial, strange)) {
            folder("nbguard-" + staging.getFileName(), null);
            Files.writeString(
                    place.resolve("nbguard-" + staging.getFileName() + ".guard"),
                    dead.toText() + "staging=" + staging.toUri() + "\noutput=" + place.toUri() + "out.ipynb\n");
        }

        StaleFolders.remove(place);

        assertThat(empty).doesNotExist();
        assertThat(partial.resolve("executed.ipynb")).exists();
        assertThat(strange).exists();
        assertThat(place).isDirectoryNotContaining("glob:**/nbguard-*");
    }

    @Test
    void whatIsNotKeptIsNotTakenOver() throws Exception {
        ExecutionId id = ExecutionId.random();
        folder("nbguard-" + id.value(), dead);
        ExecutionId torn = ExecutionId.random();
        folder("nbguard-" + torn.value(), null);
        Files.writeString(place.resolve("nbguard-" + torn.value() + ".guard"), dead.toText() + "root=12\nstaging=\n");

        assertThat(KeptRuns.takeOver(id, place)).isEmpty();
        assertThat(KeptRuns.takeOver(torn, place)).isEmpty();
        assertThat(KeptRuns.takeOver(ExecutionId.random(), place)).isEmpty();
    }

    @Test
    void aClaimIsTakenBack() throws Exception {
        Path folder = place.resolve("nbguard-mine");
        Claim.make(new RunFolders(folder, place.resolve(".nbguard-x"), place.resolve("out.ipynb")));
        assertThat(FolderOwner.parse(Files.readString(place.resolve("nbguard-mine.guard"))))
                .contains(self);

        Claim.remove(folder);

        assertThat(place).isEmptyDirectory();
    }
}
