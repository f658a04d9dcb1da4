package io.nbguard.cgroup.leaf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nbguard.cgroup.process.Processes;
import io.nbguard.spi.PluginConfig;
import io.nbguard.spi.UnavailableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a real kernel does is tested in the guest; here, what is done when something is refused. */
class NotebooksCgroupTest {

    @TempDir
    Path root;

    private final Processes processes = Processes.of(PluginConfig.EMPTY);

    private List<String> folders(Path group) throws IOException {
        try (Stream<Path> all = Files.walk(group)) {
            return all.filter(Files::isDirectory)
                    .map(path -> group.relativize(path).toString())
                    .sorted()
                    .toList();
        }
    }

    @Test
    void processesThatCannotBeMovedLeaveTheBaseAsItWas() throws IOException {
        // A plain file never becomes empty by writing to another.
        GroupTree tree = new GroupTree(root).set("", "cgroup.procs", "4194305\n");
        NotebooksCgroup notebooksCgroup = new NotebooksCgroup(tree.layout(), processes, false);

        assertThatThrownBy(notebooksCgroup::enter)
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining("cannot be moved");

        assertThat(folders(tree.path(""))).containsExactly("");
        assertThat(tree.get("", "cgroup.subtree_control")).isNotEqualTo("+memory");
    }

    @Test
    void aFileInTheWayIsNamed() throws IOException {
        GroupTree tree = new GroupTree(root).set("", CgroupLayout.ENCLOSURE, "");
        NotebooksCgroup notebooksCgroup = new NotebooksCgroup(tree.layout(), processes, false);

        assertThatThrownBy(notebooksCgroup::enter)
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining(CgroupLayout.ENCLOSURE);

        assertThat(folders(tree.path(""))).containsExactly("");
    }

    @Test
    void onlyGuardsFoldersAreLookedAt() {
        GroupTree tree = new GroupTree(root);
        tree.group(CgroupLayout.ENCLOSURE + "/guard-1-2-3-4", "domain\n")
                .group(CgroupLayout.ENCLOSURE + "/of-other-software", "domain\n");

        assertThat(new NotebooksCgroup(tree.layout(), processes, false).folders())
                .containsExactly(tree.path(CgroupLayout.ENCLOSURE + "/guard-1-2-3-4"));
    }
}
