package io.nbguard.benchmarks.chaos;

import io.nbguard.benchmarks.Machine;
import io.nbguard.benchmarks.rig.Workshop;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;

/**
 * Runs the scenarios, the guardians taking turns in each of them, so that whatever else the machine does hits all of them
 * alike. One at a time: there is only so much memory.
 */
final class Bench {

    private static final List<Guardian> IDLE = List.of(Guardian.NBGUARD, Guardian.SIDECAR);
    private static final List<Guardian> WITH_PEERS = List.of(
            Guardian.NBGUARD,
            Guardian.NBGUARD_ALLOCATING,
            Guardian.SIDECAR,
            Guardian.SIDECAR_ALLOCATING,
            Guardian.POLL,
            Guardian.EARLYOOM);
    private static final int COST_EXECUTIONS = 50;
    private static final int MOST_FAILURES = 10;
    private static final int STARTS = 3;

    private final Plan plan;
    private final Workshop workshop;
    private final Observer observer;
    private final Trial trial;
    private final Optional<Peers> peers;
    private final Consumer<String> progress;
    private final Results results = new Results();
    private final EnumMap<Guardian, Controller> controllers = new EnumMap<>(Guardian.class);

    private Bench(Plan plan, Workshop workshop, Observer observer, Optional<Peers> peers, Consumer<String> progress) {
        this.plan = plan;
        this.workshop = workshop;
        this.observer = observer;
        this.peers = peers;
        this.progress = progress;
        trial = new Trial(workshop, observer, plan.warm());
    }

    /**
     * Runs it.
     *
     * @param kept where the peers' packages are kept
     * @param progress takes what is being done, as text
     */
    static Results run(Plan plan, Workshop workshop, Path kept, Consumer<String> progress)
            throws IOException, InterruptedException {
        MemoryGroup.removeLeftovers();
        EnumMap<Guardian, String> absent = new EnumMap<>(Guardian.class);
        Optional<Peers> peers = Optional.empty();
        try {
            if (plan.tier() == Tier.READ_ONLY && plan.wants(Guardian.EARLYOOM)) {
                peers = Optional.of(Peers.find(kept));
            }
        } catch (IOException e) {
            absent.put(Guardian.EARLYOOM, String.valueOf(e.getMessage()));
        }
        try (Observer observer = Observer.start(workshop)) {
            Machine machine = Machine.read();
            Bench bench = new Bench(plan, workshop, observer, peers, progress);
            bench.results.rig = machine.describe() + " The observer runs with " + observer.priority() + ".";
            bench.results.absent.putAll(absent);
            ProcessorTime begin = ProcessorTime.read();
            bench.runAll();
            bench.results.rig += String.format(
                    Locale.ROOT,
                    " Meanwhile the machine's own host took %.1f %% of the processors away (steal time).",
                    100 * ProcessorTime.read().stolenSince(begin));
            return bench.results;
        }
    }

    private void runAll() throws IOException, InterruptedException {
        if (plan.tier() == Tier.WRITABLE) {
            stage(Node.GUEST, IDLE, scenarios(Node.GUEST).fullRate(), guardian -> plan.runs());
            stage(Node.OUTRUN, IDLE, scenarios(Node.OUTRUN).outrun(), guardian -> plan.runs());
            return;
        }
        stage(Node.LARGE, WITH_PEERS, scenarios(Node.LARGE).hogs(), this::hogRuns);
        if (plan.wants(Scenarios.PUBLISHED) && !present(IDLE).isEmpty()) {
            stage(Node.LARGE, IDLE, List.of(atPublishedRate()), guardian -> plan.survivalRuns());
        }
        stage(
                Node.MIDDLE,
                List.of(Guardian.NBGUARD, Guardian.SIDECAR, Guardian.BARE),
                memoryBack(),
                guardian -> plan.keyRuns());
        stage(
                Node.SMALL,
                List.of(Guardian.NBGUARD, Guardian.SIDECAR, Guardian.POLL, Guardian.EARLYOOM),
                scenarios(Node.SMALL).benign(),
                guardian -> guardian.isNbguard() ? plan.benignRuns() : plan.peerRuns());
        if (plan.wants("cost") && !present(IDLE).isEmpty()) {
            measureCost(present(IDLE));
        }
    }

    private Scenarios scenarios(Node node) {
        return new Scenarios(node, workshop.scratch().toString());
    }

    private List<Guardian> present(List<Guardian> guardians) {
        return guardians.stream()
                .filter(guardian -> !results.absent.containsKey(guardian) && plan.wants(guardian))
                .toList();
    }

    /** Asks each what it survives; the lowest answer is what is tried. */
    private Scenario atPublishedRate() throws IOException, InterruptedException {
        for (Guardian guardian : present(IDLE)) {
            warmUp(guardian, Node.LARGE);
            List<String> safety = controller(guardian, Node.LARGE).ask("safety");
            results.published.put(guardian, Long.parseLong(safety.get(3)));
        }
        closeControllers();
        return scenarios(Node.LARGE)
                .atPublishedRate(
                        results.published.values().stream().min(Long::compare).orElseThrow());
    }

    private List<Scenario> memoryBack() {
        Scenarios scenarios = scenarios(Node.MIDDLE);
        int loops = 2 * Runtime.getRuntime().availableProcessors();
        return List.of(
                scenarios.memoryBack(0, false, 0),
                scenarios.memoryBack(loops, false, 0),
                scenarios.memoryBack(loops, false, 19),
                scenarios.memoryBack(loops, true, 19));
    }

    private int hogRuns(Guardian guardian) {
        return guardian.isNbguard() ? plan.runs() : plan.peerRuns();
    }

    private int runs(Scenario scenario, Guardian guardian, ToIntFunction<Guardian> usual) {
        if (plan.tier() == Tier.WRITABLE) {
            return usual.applyAsInt(guardian);
        }
        boolean key = List.of(Scenarios.C_3000, Scenarios.C_HUGE).contains(scenario.id());
        if (scenario.id().equals(Scenarios.C_HUGE) && guardian.isNbguard() && !guardian.isAllocating()) {
            return plan.survivalRuns();
        }
        return key && guardian.isNbguard() ? plan.keyRuns() : usual.applyAsInt(guardian);
    }

    private void stage(Node node, List<Guardian> wanted, List<Scenario> scenarios, ToIntFunction<Guardian> usual)
            throws IOException, InterruptedException {
        List<Scenario> chosen =
                scenarios.stream().filter(scenario -> plan.wants(scenario.id())).toList();
        if (chosen.isEmpty()) {
            return;
        }
        List<Guardian> guardians = new ArrayList<>(present(wanted));
        try {
            for (Guardian guardian : guardians) {
                warmUp(guardian, node);
            }
            for (Scenario scenario : chosen) {
                progress.accept(scenario.id());
                takeTurns(scenario, guardians, usual);
            }
        } finally {
            closeControllers();
        }
    }

    private void takeTurns(Scenario scenario, List<Guardian> guardians, ToIntFunction<Guardian> usual)
            throws IOException, InterruptedException {
        int most = guardians.stream()
                .mapToInt(guardian -> runs(scenario, guardian, usual))
                .max()
                .orElse(0);
        for (int round = 0; round < most; round++) {
            for (Guardian guardian : guardians) {
                if (round < runs(scenario, guardian, usual)) {
                    runOnce(scenario, guardian);
                }
            }
            Collections.rotate(guardians, 1);
        }
    }

    private void closeControllers() {
        controllers.values().forEach(Controller::close);
        controllers.clear();
    }

    /** A run that does not count: code is loaded, and the memory that a virtual machine has not touched yet is fetched. */
    private void warmUp(Guardian guardian, Node node) throws IOException, InterruptedException {
        Scenario scenario = scenarios(node).warmUp();
        for (int attempt = 1; attempt <= STARTS; attempt++) {
            try {
                trial.run(scenario, controller(guardian, node));
                results.absent.remove(guardian);
                return;
            } catch (IOException e) {
                // On emulated processors a fresh JVM dies of SIGILL now and then, in code that it has just patched.
                drop(guardian);
                results.absent.put(guardian, String.valueOf(e.getMessage()));
                progress.accept(guardian.id() + " did not start, attempt " + attempt + ": " + e.getMessage());
            }
        }
    }

    private Controller controller(Guardian guardian, Node node) throws IOException, InterruptedException {
        Controller controller = controllers.get(guardian);
        if (controller == null || !controller.isAlive()) {
            drop(guardian);
            controller = Controller.start(guardian, plan.tier(), node, workshop, peers);
            controllers.put(guardian, controller);
        }
        return controller;
    }

    private void drop(Guardian guardian) {
        Controller controller = controllers.remove(guardian);
        if (controller != null) {
            controller.close();
        }
    }

    private void runOnce(Scenario scenario, Guardian guardian) throws IOException, InterruptedException {
        if (results.absent.containsKey(guardian)) {
            return;
        }
        try {
            Controller controller = controller(guardian, scenario.node());
            Outcome outcome = trial.run(scenario, controller);
            results.add(scenario, guardian, outcome);
            if (guardian.isNbguard() && outcome.isOdd()) {
                progress.accept(
                        "not as it should be: " + scenario.id() + ", " + guardian.id() + ": " + outcome.story());
            }
            if (!outcome.controllerAlive()) {
                progress.accept(guardian.id() + " died in " + scenario.id() + ": " + controller.complaints());
            } else if (guardian.isSidecar() && !controller.ask("safety").get(1).equals("SIDECAR")) {
                results.withoutSidecar++;
            }
        } catch (IOException e) {
            results.failures.add(scenario.id() + ", " + guardian.title() + ": " + e.getMessage());
            progress.accept("failed: " + scenario.id() + ", " + guardian.id() + ": " + e.getMessage());
            drop(guardian);
            if (results.failures.size() > MOST_FAILURES) {
                throw e;
            }
        }
    }

    private void measureCost(List<Guardian> guardians) throws IOException, InterruptedException {
        progress.accept("cost");
        try {
            List<Controller> watching = new ArrayList<>();
            for (Guardian guardian : guardians) {
                watching.add(controller(guardian, Node.LARGE));
            }
            trial.launchSleepers(watching, COST_EXECUTIONS);
            // By then what was started has been found, and every loop is at its longest pause.
            TimeUnit.SECONDS.sleep(3);
            List<Results.Cost> before = new ArrayList<>();
            for (Guardian guardian : guardians) {
                before.add(costOf(guardian));
            }
            TimeUnit.SECONDS.sleep(plan.costSeconds());
            for (int i = 0; i < before.size(); i++) {
                Results.Cost used = costOf(guardians.get(i)).since(before.get(i));
                results.cost.put(guardians.get(i), used.dividedBy(plan.costSeconds() * 1e9));
            }
        } finally {
            closeControllers();
        }
    }

    private Results.Cost costOf(Guardian guardian) throws IOException, InterruptedException {
        List<String> answer = controller(guardian, Node.LARGE).ask("cpu");
        return new Results.Cost(Long.parseLong(answer.get(0)), Long.parseLong(answer.get(1)));
    }
}
