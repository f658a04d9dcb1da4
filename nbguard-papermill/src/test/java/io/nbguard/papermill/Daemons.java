package io.nbguard.papermill;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Code that leaves processes behind in every known way, each of which writes its id into {@code NAME.daemon}. */
final class Daemons {

    static final int COUNT = 5;

    static final String SOURCE = """
            import os, sys, time, subprocess
            SLEEP = "import os, sys, time; open(sys.argv[1] + '.part', 'w').write(str(os.getpid())); " \\
                    "os.rename(sys.argv[1] + '.part', sys.argv[1]); time.sleep(900)"
            here = os.getcwd()
            def name(what): return os.path.join(here, what + '.daemon')
            # A child, one in a session of its own, and one that ignores what may be ignored.
            subprocess.Popen([sys.executable, '-c', SLEEP, name('child')])
            subprocess.Popen([sys.executable, '-c', SLEEP, name('setsid')], start_new_session=True)
            subprocess.Popen([sys.executable, '-c', 'import signal\\n'
                + 'for s in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP): signal.signal(s, signal.SIG_IGN)\\n' + SLEEP,
                name('deaf')], start_new_session=True)
            # Double forks, as daemons do it; the second with an empty environment.
            for what, environment in (('double', os.environ), ('cleared', {})):
                if os.fork() == 0:
                    os.setsid()
                    if os.fork() == 0:
                        os.setsid()
                        os.chdir('/')
                        os.closerange(0, 100)
                        os.execve(sys.executable, [sys.executable, '-c', SLEEP, name(what)], environment)
                    os._exit(0)
            while len([f for f in os.listdir(here) if f.endswith('.daemon')]) < 5: time.sleep(0.02)
            """;

    /** Writes the kernel's own id, and lets no other thread of the kernel run any more. */
    static final String HOLD_THE_GIL = """
            open('kernel.part', 'w').write(str(os.getpid())); os.rename('kernel.part', 'kernel.daemon')
            import re; re.match(r'(a+)+$', 'a' * 64 + 'b')
            """;

    private Daemons() {}

    static List<Long> pids(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".daemon"))
                    .map(Daemons::pid)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long pid(Path file) {
        try {
            return Long.parseLong(Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
