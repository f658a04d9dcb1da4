package io.nbguard.cgroup.process;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Makes notebooks the first choice of the kernel's OOM killer ({@code /proc/PID/oom_score_adj}, proc_pid_oom_score_adj(5)):
 * if it has to choose, it chooses the largest of those that stand at 1000, and their hosts last. Any user may raise the score
 * of his own processes; what they fork inherits it.
 */
final class OomScore {

    /** The highest there is: as if the process held all memory besides its own. */
    private static final String FIRST_CHOICE = "1000";

    private static final System.Logger LOG = System.getLogger(OomScore.class.getName());

    private final Machine machine;
    private final AtomicBoolean reported = new AtomicBoolean();

    OomScore(Machine machine) {
        this.machine = machine;
    }

    /** Raises the score of a process that was just started and has forked nothing yet. */
    void raise(Process process) {
        if (!machine.real()) {
            return;
        }
        Path file = machine.proc().resolve(Long.toString(process.pid())).resolve("oom_score_adj");
        try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
            // Alive after the file was opened: it is the file of this process, and never of a later one of its id.
            if (process.isAlive()) {
                open.write(FIRST_CHOICE.getBytes(StandardCharsets.US_ASCII));
                open.seek(0);
                String now = open.readLine();
                if (!FIRST_CHOICE.equals(now) && process.isAlive()) {
                    tell(file + " is " + now + " after " + FIRST_CHOICE + " was written to it");
                }
            }
        } catch (IOException e) {
            // One that has ended needs no score.
            if (process.isAlive()) {
                tell(String.valueOf(e.getMessage()));
            }
        }
    }

    private void tell(String why) {
        if (reported.compareAndSet(false, true)) {
            LOG.log(
                    Level.WARNING,
                    "notebooks cannot be made the first choice of the kernel's OOM killer, which may take the host instead: "
                            + why + "; let this user write oom_score_adj of its own processes");
        }
    }
}
