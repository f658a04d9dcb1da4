package io.nbguard.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class InterruptionTest {

    private final List<String> heard = new ArrayList<>();

    private final Interruption.Stoppable work = new Interruption.Stoppable() {
        @Override
        public void stop() {
            heard.add("stop");
        }

        @Override
        public void hasten() {
            heard.add("hasten");
        }
    };

    @Test
    void theFirstSignalAsksAndEachFurtherOneHastens() throws InterruptedException {
        Interruption interruption = new Interruption();
        String result = interruption.during(work, () -> {
            assertThat(interruption.exitCode()).isEmpty();
            interruption.signalled(130);
            interruption.signalled(143);
            interruption.signalled(130);
            return "partial";
        });

        assertThat(result).isEqualTo("partial");

        assertThat(heard).containsExactly("stop", "hasten", "hasten");
        assertThat(interruption.exitCode()).hasValue(130);
    }

    @Test
    void workThatBeginsAfterASignalIsStoppedAtOnce() throws InterruptedException {
        Interruption interruption = new Interruption();
        interruption.during(work, () -> {
            interruption.signalled(143);
            return 0;
        });

        interruption.during(work, () -> assertThat(heard).containsExactly("stop", "stop"));
    }

    @Test
    void aSignalOfTheSystemIsHeardByAllWhoListen() throws Exception {
        List<String> signals = java.util.Collections.synchronizedList(new ArrayList<>());
        assertThat(Signals.listen("USR2", () -> signals.add("first"))).isTrue();
        assertThat(Signals.listen("USR2", () -> signals.add("second"))).isTrue();

        new ProcessBuilder(
                        "kill", "-USR2", String.valueOf(ProcessHandle.current().pid()))
                .start()
                .waitFor();

        org.awaitility.Awaitility.await()
                .atMost(java.time.Duration.ofMinutes(1))
                .until(() -> signals.equals(List.of("first", "second")));
    }

    @Test
    void aSignalThatTheVirtualMachineKeepsForItselfIsRefusedNotFatal() {
        assertThat(Signals.listen("SEGV", () -> {})).isFalse();
        assertThat(Signals.listen("NOSUCH", () -> {})).isFalse();
    }
}
