package io.nbguard.benchmarks.chaos;

import io.nbguard.guest.Box;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The promise of the writable tier, tried: hogs at full rate on a node whose cgroups may be written, looked at from
 * outside of it. The kernel's own log says whom its OOM killer took; nbguard must have said the same.
 */
final class LeafTrials {

    /** The node's memory: a hog fills it in a second or two, and the controller has room. */
    private static final long LIMIT = 640L << 20;

    private static final int MOST_SECONDS_EACH = 60;

    /**
     * What came of a series.
     *
     * @param hogs how many executions ate memory
     * @param reasons how they ended, counted
     * @param wronglyAttributed hogs whose record says something else than the kernel's log
     * @param wrongVictims executions that were not to blame, and did not end as they were stopped
     * @param nodeOoms how often the node's own limit was reached with nothing left to reclaim
     * @param controllerDeaths 1 if the controller did not come to its end
     * @param leftBehind what was left of nbguard's groups afterwards
     * @param told what the controller said
     */
    record Result(
            int hogs,
            Map<String, Integer> reasons,
            List<String> wronglyAttributed,
            List<String> wrongVictims,
            long nodeOoms,
            int controllerDeaths,
            List<String> leftBehind,
            String told) {

        /** Returns a line for people. */
        String line() {
            return "hogs " + hogs + ", ended by " + reasons + ", wrongly attributed " + wronglyAttributed.size()
                    + ", wrong victims " + wrongVictims.size() + ", node OOM " + nodeOoms
                    + ", controller deaths " + controllerDeaths + ", left behind " + leftBehind;
        }
    }

    private LeafTrials() {}

    /** Runs both series and prints a line for each: {@code LeafTrials RUNS}. In the guest only. */
    public static void main(String[] arguments) throws Exception {
        int runs = Integer.parseInt(arguments[0]);
        for (boolean asleep : new boolean[] {false, true}) {
            Result result = run(asleep ? Math.max(1, runs / 5) : runs, asleep);
            System.out.println((asleep ? "watchdog asleep: " : "watchdog awake: ") + result.line());
            result.wronglyAttributed().forEach(line -> System.out.println("  WRONG " + line));
            result.wrongVictims().forEach(line -> System.out.println("  VICTIM " + line));
        }
    }

    /** Runs a series. */
    static Result run(int runs, boolean asleep) throws IOException, InterruptedException {
        // The log's buffer holds some fifty OOM kills: it is read while it is written.
        Process log = new ProcessBuilder("dmesg", "--follow-new").start();
        try (Box box = Box.limitedTo(LIMIT)) {
            StringBuffer kernel = new StringBuffer();
            Thread listener = new Thread(() -> listen(log, kernel));
            listener.start();
            Process controller = Box.start(
                    box.containing(Box.java(LeafHost.class, Integer.toString(runs), asleep ? "asleep" : "watching")));
            List<String> lines = new ArrayList<>();
            try (BufferedReader output = controller.inputReader()) {
                output.lines().forEach(lines::add);
            }
            boolean ended = controller.waitFor(MOST_SECONDS_EACH, TimeUnit.SECONDS) && controller.exitValue() == 0;
            // What the kernel has written by now is read within a moment; nothing says when it was.
            listener.join(TimeUnit.SECONDS.toMillis(2));
            return judge(lines, kernel.toString(), box, ended);
        } finally {
            log.destroyForcibly();
        }
    }

    /** Keeps the lines in which the kernel says whom it took, and from which cgroup. */
    private static void listen(Process log, StringBuffer kernel) {
        try (BufferedReader output = log.inputReader()) {
            output.lines()
                    .filter(line -> line.contains("oom-kill:") || line.contains("going to be killed due to"))
                    .forEach(line -> kernel.append(line).append('\n'));
        } catch (IOException | UncheckedIOException ended) {
            return;
        }
    }

    private static Result judge(List<String> lines, String kernelLog, Box box, boolean ended) throws IOException {
        int hogs = 0;
        Map<String, Integer> reasons = new TreeMap<>();
        List<String> wrong = new ArrayList<>();
        List<String> victims = new ArrayList<>();
        for (String line : lines) {
            String[] words = line.split("\t", 7);
            if (!words[0].equals("ended")) {
                continue;
            }
            String reason = words[5];
            boolean taken = kernelLog.contains("/" + words[4]);
            if (words[3].equals("calm")) {
                if (taken || !reason.equals("USER_STOP")) {
                    victims.add(line);
                }
                continue;
            }
            hogs++;
            reasons.merge(reason, 1, Integer::sum);
            if (!isRight(reason, words[6], taken)) {
                wrong.add(line + (taken ? " (the kernel took it)" : " (the kernel did not)"));
            }
        }
        return new Result(
                hogs,
                reasons,
                wrong,
                victims,
                box.number("memory.events.local", "oom"),
                ended && lines.contains("closed") ? 0 : 1,
                groupsOfNbguard(box),
                String.join("\n", lines));
    }

    /** The watchdog's own kill comes first in a record; if the kernel took some of it too, the message mentions that. */
    private static boolean isRight(String reason, String message, boolean takenByKernel) {
        return switch (reason) {
            case "KERNEL_OOM" -> takenByKernel;
            case "WATCHDOG_MEMORY" -> !takenByKernel || message.contains("OOM killer");
            default -> false;
        };
    }

    private static List<String> groupsOfNbguard(Box box) throws IOException {
        try (Stream<Path> groups = Files.list(box.folder())) {
            return groups.filter(Files::isDirectory)
                    .map(group -> group.getFileName().toString())
                    .toList();
        }
    }
}
