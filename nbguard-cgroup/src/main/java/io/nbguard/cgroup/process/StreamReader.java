package io.nbguard.cgroup.process;

import io.nbguard.cgroup.kernel.KernelText;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Looks at processes in pure Java: by streams, because an interrupt does not close those. */
final class StreamReader implements ProcessReader {

    private final Path proc;
    private final KernelText text = new KernelText(1024);

    StreamReader(Path proc) {
        this.proc = proc;
    }

    @Override
    public Look read(long pid, StatLine line) {
        Path folder = proc.resolve(Long.toString(pid));
        try (FileInputStream stream = new FileInputStream(folder.resolve("stat").toFile())) {
            text.fill(stream);
            return Look.at(text, line);
        } catch (IOException e) {
            // The message would distinguish ENOENT and EMFILE, but it is in the user's language.
            return Files.notExists(folder) ? Look.ABSENT : Look.UNREADABLE;
        }
    }

    @Override
    public int threads(long pid, int[] into) {
        String @Nullable [] names =
                proc.resolve(Long.toString(pid)).resolve("task").toFile().list();
        int count = names == null ? 0 : Math.min(names.length, into.length);
        for (int i = 0; i < count; i++) {
            into[i] = Integer.parseInt(names[i]);
        }
        return count;
    }
}
