package io.nbguard.benchmarks.chaos;

import java.util.List;

/** What eats memory in {@link LeafTrials}, each as fast as it can. */
enum LeafHog {
    /** One process in C. */
    PLAIN(1, List.of("tail", "/dev/zero")),
    /** One thread of Python. */
    PYTHON(1, python("while True: kept.append(bytearray(16 << 20))")),
    /** Several processes, none of which is the heaviest for long. */
    FORKED(1, python("for i in range(4): os.fork()", "while True: kept.append(bytearray(4 << 20))")),
    /** Shared memory that no process holds alone: on the books as a file, and nothing that could be given back. */
    SHARED(1, python("while True: kept.append(mmap.mmap(-1, 16 << 20)); kept[-1].write(bytes(16 << 20))")),
    /** A daemon with a session of its own and no environment, whose parents have left. */
    ESCAPED(
            1,
            python(
                    "if os.fork() == 0:",
                    "  os.setsid()",
                    "  if os.fork() == 0:",
                    "    os.execve(sys.executable, [sys.executable, '-c',"
                            + " 'kept = []\\nwhile True: kept.append(bytearray(16 << 20))'], {})",
                    "  os._exit(0)",
                    "os.wait()",
                    "time.sleep(300)")),
    /** Two executions at once. */
    TWINS(2, List.of("tail", "/dev/zero"));

    private final int atOnce;
    private final List<String> command;

    LeafHog(int atOnce, List<String> command) {
        this.atOnce = atOnce;
        this.command = command;
    }

    private static List<String> python(String... lines) {
        return List.of("python3", "-S", "-c", "import mmap, os, sys, time\nkept = []\n" + String.join("\n", lines));
    }

    /** Returns how many executions do it at the same time. */
    int atOnce() {
        return atOnce;
    }

    List<String> command() {
        return command;
    }
}
