package io.nbguard.server.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Hosts of one user share a file of logins: none loses what another has written. */
@Timeout(120)
class SharedLoginsTest {

    private static final String TOKEN = "the-operators-token";
    private static final int HOSTS = 3;
    private static final int LOGINS = 150;

    @TempDir
    Path folder;

    @Test
    void whatOneProcessLogsOutStaysLoggedOutAndWhatItLogsInStaysIn() throws Exception {
        Path file = folder.resolve("logins");
        Path start = folder.resolve("start");
        List<Process> hosts = new ArrayList<>();
        List<String> said = new ArrayList<>();
        try {
            List<BufferedReader> outputs = new ArrayList<>();
            for (int i = 0; i < HOSTS; i++) {
                Process host = new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java")
                                        .toString(),
                                "-Xmx64m",
                                "-XX:TieredStopAtLevel=1",
                                "-cp",
                                System.getProperty("java.class.path"),
                                LoginProgram.class.getName(),
                                TOKEN,
                                file.toString(),
                                Integer.toString(LOGINS),
                                start.toString())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
                hosts.add(host);
                outputs.add(host.inputReader());
                assertThat(outputs.get(i).readLine()).isEqualTo("ready");
            }
            Files.createFile(start);
            for (int i = 0; i < HOSTS; i++) {
                outputs.get(i).lines().forEach(said::add);
                assertThat(hosts.get(i).waitFor()).isZero();
            }
        } finally {
            hosts.forEach(Process::destroyForcibly);
        }

        Tokens now = new Tokens(TOKEN, Optional.empty(), Optional.of(file));
        assertThat(said).hasSize(HOSTS * LOGINS);
        assertThat(said.stream().filter(line -> line.startsWith("in "))).hasSize(HOSTS);
        for (String line : said) {
            assertThat(now.roleOfCookie(line.substring(line.indexOf(' ') + 1)).isPresent())
                    .as(line)
                    .isEqualTo(line.startsWith("in "));
        }
    }

    @Test
    void twoHostsInOneProcessLoseNothingOfEachOther() throws Exception {
        Path file = folder.resolve("logins");
        List<String> ended = new ArrayList<>();
        List<Thread> hosts = new ArrayList<>();
        for (int i = 0; i < HOSTS; i++) {
            Tokens tokens = new Tokens(TOKEN, Optional.empty(), Optional.of(file));
            Thread host = new Thread(() -> {
                for (int login = 0; login < LOGINS; login++) {
                    String cookie = tokens.logIn(Role.OPERATOR);
                    tokens.logOut(cookie);
                    synchronized (ended) {
                        ended.add(cookie);
                    }
                }
            });
            hosts.add(host);
            host.start();
        }
        for (Thread host : hosts) {
            host.join();
        }

        Tokens now = new Tokens(TOKEN, Optional.empty(), Optional.of(file));
        assertThat(ended).hasSize(HOSTS * LOGINS).noneMatch(cookie -> now.roleOfCookie(cookie)
                .isPresent());
    }
}
