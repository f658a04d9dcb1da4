package io.nbguard.cgroup.leaf;

import static org.assertj.core.api.Assertions.assertThat;

import io.nbguard.cgroup.process.Processes;
import io.nbguard.spi.PluginConfig;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class GuardNameTest {

    private final Processes processes = Processes.of(PluginConfig.EMPTY);

    @Test
    void aNameTellsWhoseTheFolderIs() {
        GuardName name = new GuardName(4711, 123456789, 4026531836L, 2, false);

        assertThat(name).hasToString("guard-4711-123456789-4026531836-2");
        assertThat(GuardName.parse(name.toString())).contains(name);
        assertThat(name.next()).hasToString("guard-4711-123456789-4026531836-3");
    }

    @Test
    void aNameTellsWhetherWhatItHoldsShallOutliveIt() {
        GuardName name = new GuardName(4711, 123456789, 4026531836L, 2, true);

        assertThat(name).hasToString("guard-4711-123456789-4026531836-2-keeps");
        assertThat(GuardName.parse(name.toString())).contains(name);
        assertThat(name.next().keeps()).isTrue();
    }

    @Test
    void otherFoldersAreNoGuards() {
        for (String name : new String[] {
            "guard-",
            "guard-1-2-3",
            "guard-1-2-3-4-5",
            "guard-x-2-3-4",
            "guard-1-2-3-4x",
            "guard-1-2-3-4-keep",
            "my-guard-1-2-3-4",
            "k3x9m2pq",
            "guard-99999999999-2-3-4",
            "guard--1-2-3-4"
        }) {
            assertThat(GuardName.parse(name)).as(name).isEmpty();
        }
    }

    @Test
    void thisJvmIsAlive() {
        assertThat(GuardName.own(processes, false).hasDied(processes)).isFalse();
    }

    @Test
    void aReusedIdIsNotTakenForTheGuardThatHadIt() {
        GuardName own = GuardName.own(processes, false);
        GuardName earlier = new GuardName(own.pid(), own.startTicks() - 1, own.pidNamespace(), 0, false);

        assertThat(earlier.hasDied(processes)).isTrue();
    }

    @Test
    void oneThatHasEndedHasDied() throws IOException, InterruptedException {
        Process process = new ProcessBuilder("true").start();
        process.waitFor();
        GuardName own = GuardName.own(processes, false);

        assertThat(new GuardName(process.pid(), own.startTicks(), own.pidNamespace(), 0, false).hasDied(processes))
                .isTrue();
    }

    @Test
    void oneOfAnotherPidNamespaceIsLeftAlone() {
        GuardName own = GuardName.own(processes, false);

        assertThat(new GuardName(own.pid(), own.startTicks() - 1, own.pidNamespace() + 1, 0, false).hasDied(processes))
                .isFalse();
    }
}
