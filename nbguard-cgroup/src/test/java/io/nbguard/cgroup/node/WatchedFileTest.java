package io.nbguard.cgroup.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WatchedFileTest {

    @TempDir
    Path root;

    private Fixture fixture;
    private WatchedFile.Desk desk;

    @BeforeEach
    void start() {
        fixture = new Fixture(root);
        desk = new WatchedFile.Desk(fixture::nanoTime);
    }

    private WatchedFile watch(String path) {
        return new WatchedFile(root.resolve(path), "test", desk);
    }

    @Test
    void aFileThatCannotBeReadIsTriedAgainAfterASecondAndNotBefore() {
        fixture.makeUnreadable("f");
        WatchedFile file = watch("f");
        assertThat(file.readNumber()).isFalse();
        assertThat(file.reason()).isEqualTo("Is a directory");
        assertThat(file.isAbsent()).isFalse();

        fixture.remove("f");
        fixture.file("f", "5\n");
        assertThat(file.readNumber()).isFalse();

        fixture.passSeconds(1);
        assertThat(file.readNumber()).isTrue();
        assertThat(file.value()).isEqualTo(5);
    }

    @Test
    void aFileThatAppearsLaterIsNoticed() {
        WatchedFile file = watch("f");
        assertThat(file.readNumber()).isFalse();
        assertThat(file.isAbsent()).isTrue();
        assertThat(file.reason()).isEqualTo("no such file");

        fixture.passSeconds(1);
        assertThat(file.readNumber()).isFalse();
        fixture.file("f", "5\n");
        assertThat(file.readNumber()).isFalse();

        fixture.passSeconds(1);
        assertThat(file.readNumber()).isTrue();
        assertThat(file.isAbsent()).isFalse();
    }

    @Test
    void aFileThatHasGoneIsNotTakenForOneThatNeverWas() throws Exception {
        Process child = new ProcessBuilder("sleep", "60").start();
        try (WatchedFile file = new WatchedFile(Path.of("/proc/" + child.pid() + "/statm"), "test", desk)) {
            assertThat(file.read()).isTrue();

            child.destroyForcibly().waitFor();

            assertThat(file.read()).isFalse();
            assertThat(file.reason()).isEqualTo("the file has gone");
            assertThat(file.isAbsent()).isFalse();
        } finally {
            child.destroyForcibly();
        }
    }

    @Test
    void onlyANumberAloneIsANumber() {
        WatchedFile file = watch("f");
        for (String garbage : new String[] {"", "max\n", "12abc\n", "-3\n", "99999999999999999999\n", "1 2\n"}) {
            fixture.file("f", garbage);
            assertThat(file.readNumber()).as(garbage).isFalse();
            assertThat(file.reason()).isEqualTo(WatchedFile.MALFORMED);
        }
        fixture.file("f", "12");
        assertThat(file.readNumber()).isTrue();
    }

    @Test
    void aFileLongerThanTheRoomIsReadToItsEnd() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; text.length() < 50_000; i++) {
            text.append("key").append(i).append(" 1\n");
        }
        fixture.file("f", text + "last 42\n");
        WatchedFile file = watch("f");

        assertThat(file.read()).isTrue();
        assertThat(file.find(new Key("last"))).isEqualTo(42);
        assertThat(file.find(new Key("key7"))).isEqualTo(1);
        assertThat(file.find(new Key("absent"))).isEqualTo(-1);
    }
}
