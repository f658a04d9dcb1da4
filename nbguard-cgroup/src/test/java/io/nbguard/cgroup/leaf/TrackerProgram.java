package io.nbguard.cgroup.leaf;

import com.sun.management.ThreadMXBean;
import io.nbguard.api.ExecutionId;
import io.nbguard.api.resource.Allocation;
import io.nbguard.api.resource.DockerKeys;
import io.nbguard.cgroup.CgroupTier;
import io.nbguard.cgroup.process.ProcTracker;
import io.nbguard.spi.PluginConfig;
import io.nbguard.spi.UnavailableException;
import io.nbguard.spi.process.FreezeReason;
import io.nbguard.spi.process.GroupUsage;
import io.nbguard.spi.process.ProcessGroup;
import io.nbguard.spi.process.ProcessIdentity;
import io.nbguard.spi.process.SampleDepth;
import io.nbguard.spi.process.TrackerSession;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Does with trackers what its standard input says, a line at a time, and answers with a line: what a guard does in a
 * container, for tests that stand outside of it. {@link RemoteTracker} speaks with it.
 */
public final class TrackerProgram {

    /** Stands for a new line within an order. */
    static final char NEW_LINE = '\u0001';

    private final Map<String, TrackerSession> sessions = new HashMap<>();
    private final Map<String, ProcessGroup> groups = new HashMap<>();
    private final Map<String, Process> roots = new HashMap<>();

    /** Runs until the standard input ends; whatever is open then stays as it is. */
    public static void main(String[] arguments) throws IOException {
        PrintStream answers = System.out;
        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        TrackerProgram program = new TrackerProgram();
        answers.println("ready");
        for (String line = orders.readLine(); line != null; line = orders.readLine()) {
            answers.println(program.answer(line));
        }
    }

    private String answer(String line) {
        List<String> words = Arrays.asList(line.replace(NEW_LINE, '\n').split("\t"));
        try {
            return String.valueOf(follow(words.get(0), words.subList(1, words.size())))
                    .replace('\n', ' ');
        } catch (UnavailableException e) {
            return "unavailable: " + e.getMessage() + " | " + e.cure();
        } catch (Exception e) {
            return "error: " + e;
        }
    }

    private Object follow(String order, List<String> words) throws Exception {
        String name = words.isEmpty() ? "" : words.get(0);
        List<String> rest = words.isEmpty() ? List.of() : words.subList(1, words.size());
        return switch (order) {
            case "inspect" -> CgroupTier.inspect(PluginConfig.EMPTY);
            case "open" -> opened(name, new LeafTracker().open(settings(rest)));
            case "watch" -> opened(name, new LeafTracker().watch(settings(rest)));
            case "open-procfs" -> opened(name, new ProcTracker().open(settings(rest)));
            case "describe" -> session(name).description();
            case "enclosure" -> session(name).enclosureBytes().orElse(-1);
            case "sample" -> sampled(session(name), SampleDepth.valueOf(rest.get(0)));
            case "measure" -> measured(session(name), Integer.parseInt(rest.get(0)));
            case "close" -> closed(name);
            case "create" -> created(session(name), rest.get(0), limits(rest));
            case "enforcement" -> session(name).enforcement();
            case "update" -> updated(group(name), limits(words));
            case "attach" -> attached(session(name), rest);
            case "start" -> started(name, rest);
            case "root" -> group(name).root().orElseThrow();
            case "exit" -> exit(name);
            case "usage" -> usage(group(name).usage());
            case "freeze" -> group(name).freeze(FreezeReason.valueOf(rest.get(0)));
            case "thaw" -> thawed(group(name), FreezeReason.valueOf(rest.get(0)));
            case "frozen-by" -> group(name).frozenBy();
            case "apply-holds" -> heldAgain(group(name));
            case "kill" -> group(name).kill();
            case "kill-all" -> group(name).killAndConfirm(Duration.ofSeconds(1), Duration.ofSeconds(60));
            case "empty" -> group(name).isEmpty();
            case "oom" ->
                group(name).kernelOomKills().orElse(-1) + " "
                        + group(name).kernelOomBound().orElse("-");
            case "forget" -> forgotten(name);
            default -> throw new IllegalArgumentException("no such order: " + order);
        };
    }

    private static PluginConfig settings(List<String> words) {
        Map<String, String> settings = new HashMap<>();
        words.forEach(word -> settings.put(word.split("=", 2)[0], word.split("=", 2)[1]));
        return new PluginConfig(settings);
    }

    private TrackerSession session(String name) {
        return Optional.ofNullable(sessions.get(name)).orElseThrow();
    }

    private ProcessGroup group(String name) {
        return Optional.ofNullable(groups.get(name)).orElseThrow();
    }

    private String opened(String name, TrackerSession session) {
        sessions.put(name, session);
        return "ok";
    }

    private static String sampled(TrackerSession session, SampleDepth depth) {
        session.sample(depth);
        return "ok";
    }

    /** Returns the least that a sample of each depth took, in ns, and allocated, in bytes. */
    private static String measured(TrackerSession session, int rounds) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        StringBuilder out = new StringBuilder();
        for (SampleDepth depth : SampleDepth.values()) {
            long[] nanos = new long[rounds];
            long least = Long.MAX_VALUE;
            for (int i = 0; i < rounds; i++) {
                long before = threads.getCurrentThreadAllocatedBytes();
                long begin = System.nanoTime();
                session.sample(depth);
                nanos[i] = System.nanoTime() - begin;
                least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
            }
            Arrays.sort(nanos);
            out.append(depth + " " + nanos[rounds / 2] + " ns " + least + " bytes ");
        }
        return out.toString().strip();
    }

    private String closed(String name) {
        session(name).close();
        sessions.remove(name);
        return "ok";
    }

    /** Reads {@code ID [SIZE | KEY=VALUE…]}: a memory limit, or limits under docker-py's keys, a device's rate as PATH:RATE. */
    private static Allocation limits(List<String> words) {
        Map<String, Object> limits = new HashMap<>();
        for (String word : words.subList(1, words.size())) {
            int equals = word.indexOf('=');
            String key = equals < 0 ? "mem_limit" : word.substring(0, equals);
            String value = word.substring(equals + 1);
            limits.put(key, key.startsWith("device_") ? List.of(rate(value)) : value);
        }
        return Allocation.of(DockerKeys.parse(limits));
    }

    private static Map<String, String> rate(String text) {
        int colon = text.lastIndexOf(':');
        return Map.of("Path", text.substring(0, colon), "Rate", text.substring(colon + 1));
    }

    private String created(TrackerSession session, String id, Allocation limits) {
        groups.put(id, session.create(new ExecutionId(id), limits));
        return "ok";
    }

    private static String updated(ProcessGroup group, Allocation limits) {
        group.update(limits);
        return "ok";
    }

    private String attached(TrackerSession session, List<String> words) throws UnavailableException {
        ProcessIdentity root = new ProcessIdentity(Long.parseLong(words.get(1)), Long.parseLong(words.get(2)));
        groups.put(words.get(0), session.attach(new ExecutionId(words.get(0)), root));
        return "ok";
    }

    /** Starts a command, whose output goes to the file that is named first. */
    private String started(String id, List<String> words) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(words.subList(1, words.size()))
                .redirectErrorStream(true)
                .redirectOutput(new File(words.get(0)));
        Process process = group(id).start(builder);
        roots.put(id, process);
        return Long.toString(process.pid());
    }

    private String exit(String id) throws InterruptedException {
        Process process = Optional.ofNullable(roots.get(id)).orElseThrow();
        return process.waitFor(60, TimeUnit.SECONDS) ? Integer.toString(process.exitValue()) : "running";
    }

    private static String usage(GroupUsage usage) {
        StringBuilder commands = new StringBuilder();
        for (int i = 0; i < usage.count(); i++) {
            commands.append(' ').append(usage.command(i));
        }
        return usage.count() + " " + usage.chargedBytes() + " " + usage.totalCpuNanos() + commands;
    }

    private static String thawed(ProcessGroup group, FreezeReason why) {
        group.thaw(why);
        return "ok";
    }

    private static String heldAgain(ProcessGroup group) {
        group.applyHolds();
        return "ok";
    }

    private String forgotten(String id) {
        group(id).close();
        groups.remove(id);
        return "ok";
    }
}
