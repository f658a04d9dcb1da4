package io.nbguard.cgroup.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.nbguard.cgroup.node.Mount;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who is kept from seeing processes by the mount options of {@code /proc}. */
class HiddenProcessesTest {

    @ParameterizedTest
    @CsvSource({
        // options of the mount; our group for file systems; further groups; effective capabilities; what hides
        "rw,                             1000, '',     0,                ",
        "rw hidepid=0,                   1000, '',     0,                ",
        "rw hidepid=off,                 1000, '',     0,                ",
        "rw hidepid=invisible,           1000, '',     0,                hidepid=invisible",
        "rw hidepid=2,                   1000, '',     0,                hidepid=2",
        "rw hidepid=1,                   1000, '27',   0,                hidepid=1",
        "rw gid=27 hidepid=2,            1000, '4 27', 0,                ",
        "rw gid=27 hidepid=2,            27,   '',     0,                ",
        "rw gid=27 hidepid=ptraceable,   27,   '27',   0,                hidepid=ptraceable",
        // Group 0, as under OpenShift, is exempt unless another one is named.
        "rw hidepid=2,                   0,    '0',    0,                ",
        "rw gid=27 hidepid=2,            0,    '0',    0,                hidepid=2",
        "rw hidepid=2,                   1000, '',     0000000000080000, ",
        "rw hidepid=4,                   0,    '0',    000001ffffffffff, ",
        "rw hidepid=4,                   0,    '0',    000001fffff7ffff, hidepid=4",
    })
    void theyAreHiddenUnlessAGroupOrACapabilityExempts(
            String options, String group, String groups, String capabilities, String hiding) {
        List<Mount> mounts = Stream.of("hidepid=2", options)
                .map(each -> new Mount("/", "/proc", "proc", Arrays.asList(each.split(" ")), false))
                .toList();
        String status = "Name:\tjava\nUid:\t1000\t1000\t1000\t1000\nGid:\t9\t9\t9\t" + group + "\nGroups:\t" + groups
                + " \nCapEff:\t" + capabilities + "\n";

        assertThat(HiddenProcesses.hiding(mounts, status)).isEqualTo(Optional.ofNullable(hiding));
    }
}
