package io.nbguard.cgroup.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KernelFileTest {

    private final KernelText text = new KernelText(256);

    @Test
    void reasonsAreWordsForAPerson(@TempDir Path directory) throws IOException {
        IOException missing =
                catchThrowableOfType(IOException.class, () -> KernelFile.open(directory.resolve("missing")));
        assertThat(KernelFile.reason(missing)).isEqualTo("no such file");

        try (KernelFile aDirectory = KernelFile.open(directory)) {
            IOException notAFile = catchThrowableOfType(IOException.class, () -> aDirectory.read(text));
            assertThat(KernelFile.reason(notAFile)).isEqualTo("Is a directory");
        }
        assertThat(KernelFile.reason(new AccessDeniedException("/secret"))).isEqualTo("permission denied");
        assertThat(KernelFile.reason(new IOException())).isEqualTo("IOException");
    }

    @Test
    void aKeptFileOfADeadProcessCanNoLongerBeRead() throws Exception {
        Process child = new ProcessBuilder("sleep", "60").start();
        try (KernelFile statm = KernelFile.open(Path.of("/proc/" + child.pid() + "/statm"))) {
            statm.read(text);
            assertThat(text.length()).isPositive();

            child.destroyForcibly().waitFor();

            assertThatThrownBy(() -> statm.read(text)).isInstanceOf(IOException.class);
        } finally {
            child.destroyForcibly();
        }
    }
}
