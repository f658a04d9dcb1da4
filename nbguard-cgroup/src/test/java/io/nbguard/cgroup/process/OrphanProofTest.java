package io.nbguard.cgroup.process;

import static io.nbguard.cgroup.process.Tracked.PLAIN;
import static io.nbguard.cgroup.process.Tracked.line;
import static io.nbguard.cgroup.process.Tracked.pids;
import static io.nbguard.cgroup.process.Tracked.release;

import io.nbguard.spi.PluginConfig;
import io.nbguard.spi.process.ProcessGroup;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An orphan of which nothing tells but the session that it is in; needs the PID cursor. */
class OrphanProofTest {

    @ParameterizedTest
    @ValueSource(strings = {"on", "off"})
    void aDaemonWithAClearedEnvironmentIsKnownByTheSessionThatAMemberBegan(String jna) throws Exception {
        Machine machine = Machine.of(Path.of("/proc"), new PluginConfig(Map.of("cgroup.jna", jna)));
        // By a clock that stands still no tick comes so late that the ids may have gone round and the session proves
        // nothing.
        try (Tracked tracked =
                new Tracked(new ProcSession(machine, machine.newReader(), PidCursor.open(machine), () -> 0))) {
            ProcessGroup group = tracked.group();
            Process root = tracked.python(group, PLAIN + """
                            leader = os.fork()
                            if leader == 0:
                                os.setsid()
                                say(os.getpid())
                                sys.stdin.readline()
                                if os.fork() == 0:
                                    say(os.getpid())
                                    os.execve('/bin/sleep', ['sleep', '1000'], {})
                                os._exit(0)
                            os.waitpid(leader, 0)
                            time.sleep(1000)
                            """);
            long leader = Long.parseLong(line(root));
            tracked.until("the leader", () -> pids(group).contains(leader));
            release(root);
            long orphan = Long.parseLong(line(root));
            Tracked.waitFor("the leader's end", () -> !Tracked.lives(leader));

            tracked.until("the orphan", () -> pids(group).contains(orphan));
        }
    }
}
