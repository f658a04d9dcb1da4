package io.nbguard.cgroup.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.nbguard.cgroup.kernel.KernelText;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StatLineTest {

    private static final String NUMBERS = " S 10 11 12 0 -1 4194560 100 200 1 2 31 32 41 42 20 0 7 0 227578 3133440 362"
            + " 18446744073709551615 94509127397376 94509127417257 140734527170432 0 0 0 0 0 0 0 0 0 17 0 0 0 0 0 0"
            + " 94509127433264 94509127434880 94509892083712 140734527171253 140734527171273 140734527171273 0 0\n";

    private final KernelText text = new KernelText(1024);
    private final StatLine line = new StatLine();
    private final ProcessName name = new ProcessName();

    private boolean parse(String stat) {
        text.set(stat);
        return line.parse(text);
    }

    @Test
    void everyFieldIsWhereTheManualSays() {
        assertThat(parse("4711 (python3)" + NUMBERS)).isTrue();

        assertThat(line.pid()).isEqualTo(4711);
        assertThat(line.state()).isEqualTo('S');
        assertThat(line.parent()).isEqualTo(10);
        assertThat(line.group()).isEqualTo(11);
        assertThat(line.session()).isEqualTo(12);
        assertThat(line.ownTicks()).isEqualTo(31 + 32);
        assertThat(line.childTicks()).isEqualTo(41 + 42);
        assertThat(line.threads()).isEqualTo(7);
        assertThat(line.start()).isEqualTo(227578);
        assertThat(line.residentPages()).isEqualTo(362);
        assertThat(StatLine.isThread(text)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a) R 1 (b",
                ") S 1 2 3 4",
                "((((",
                "))))",
                "",
                " ",
                "two words",
                "new\\nline",
                "tab\there",
                "日本語のカーネル",
                "ü) Z 0 0 0",
                "kworker/u256:12-events_freezable_power_efficient_and_so_on_longer"
            })
    void aNameMayBeAnything(String given) {
        assertThat(parse("4711 (" + given + ")" + NUMBERS)).isTrue();

        line.nameInto(name);
        assertThat(line.parent()).isEqualTo(10);
        assertThat(line.start()).isEqualTo(227578);
        assertThat(given.replace('\t', '?')).startsWith(name.toString());
        assertThat(name.toString().length()).isGreaterThanOrEqualTo(Math.min(given.length(), 15));
    }

    @Test
    void aNameThatIsAnEscapeSequenceIsMadeHarmless() {
        assertThat(parse("4711 (\u001b[2J\u0007)" + NUMBERS)).isTrue();

        line.nameInto(name);

        assertThat(name.toString()).isEqualTo("?[2J?");
    }

    @Test
    void aNameThatStaysIsTheSameString() {
        parse("4711 (python3)" + NUMBERS);
        line.nameInto(name);
        String before = name.toString();
        parse("4711 (python3)" + NUMBERS);
        line.nameInto(name);
        assertThat(name.toString()).isSameAs(before);

        parse("4711 (sleep)" + NUMBERS);
        line.nameInto(name);
        assertThat(name.toString()).isEqualTo("sleep");
    }

    @Test
    void aThreadIsToldByItsExitSignal() {
        assertThat(parse("4711 (python3)" + NUMBERS.replace(" 0 17 0 ", " 0 -1 0 ")))
                .isTrue();

        assertThat(StatLine.isThread(text)).isTrue();
    }

    @Test
    void whatIsCutOffIsRefused() {
        String whole = "4711 (py) S (thon3)" + NUMBERS;
        int enough = whole.indexOf(" 362") + 4;
        for (int length = 0; length < whole.length(); length++) {
            boolean parsed = parse(whole.substring(0, length));
            if (length < enough - 2) {
                assertThat(parsed).as(whole.substring(0, length)).isFalse();
            } else {
                assertThat(line.start()).isEqualTo(227578);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "\n",
                "4711",
                "4711 ",
                "4711 (",
                "4711 )(",
                "(a) S 1",
                "x (a) S 1 2 3",
                "-",
                "4711 a) S 1 2 3"
            })
    void whatIsNoStatLineIsRefused(String given) {
        assertThat(parse(given)).isFalse();
    }

    @Test
    void numbersLargerThanALongAreRefusedWhereTheyAreUsed() {
        assertThat(parse("4711 (a)" + NUMBERS.replace(" 227578 ", " 18446744073709551615 ")))
                .isFalse();
        assertThat(parse("4711 (a)" + NUMBERS.replace(" 227578 ", " 9223372036854775807 ")))
                .isTrue();
        assertThat(line.start()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void aLeaderThatEndedWhileItsThreadsGoOnLives() {
        parse("4711 (a)" + NUMBERS.replaceFirst(" S ", " Z "));
        assertThat(line.alive()).isTrue();
        parse("4711 (a)" + NUMBERS.replaceFirst(" S ", " Z ").replace(" 20 0 7 0 ", " 20 0 1 0 "));
        assertThat(line.alive()).isFalse();
        parse("4711 (a)" + NUMBERS.replaceFirst(" S ", " X ").replace(" 20 0 7 0 ", " 20 0 1 0 "));
        assertThat(line.alive()).isFalse();
    }

    @Test
    void theKernelOfThisMachineIsUnderstood() throws Exception {
        long self = ProcessHandle.current().pid();

        assertThat(parse(Files.readString(Path.of("/proc/self/stat")))).isTrue();

        assertThat(line.pid()).isEqualTo(self);
        assertThat(line.parent())
                .isEqualTo(ProcessHandle.current().parent().orElseThrow().pid());
        assertThat(line.threads()).isGreaterThan(1);
        assertThat(line.residentPages()).isPositive();
        assertThat(StatLine.isThread(text)).isFalse();
        line.nameInto(name);
        assertThat(name.toString()).isEqualTo("java");
    }
}
