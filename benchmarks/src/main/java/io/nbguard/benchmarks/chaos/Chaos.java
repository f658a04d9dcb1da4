package io.nbguard.benchmarks.chaos;

import io.nbguard.benchmarks.rig.Workshop;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Runs the chaos bench and prints its tables in Markdown.
 *
 * <p>Usage: {@code Chaos [--tier read-only|writable] [--quick] [--runs N] [--only PATTERN] [--by PATTERN]}. Progress goes to standard error.
 */
public final class Chaos {

    private static final int USAGE_ERROR = 2;
    private static final int CANNOT_RUN = 3;

    private Chaos() {}

    /** Runs it. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        Plan plan;
        try {
            plan = plan(arguments);
        } catch (IllegalArgumentException e) {
            System.err.println(
                    "usage: Chaos [--tier read-only|writable] [--quick] [--runs N] [--only PATTERN] [--by PATTERN]; "
                            + e.getMessage());
            System.exit(USAGE_ERROR);
            return;
        }
        Optional<String> refusal = MemoryGroup.refusal(plan.tier());
        if (refusal.isPresent()) {
            System.err.println("the chaos bench " + refusal.get());
            System.exit(CANNOT_RUN);
        }
        Path kept = Files.createDirectories(Path.of(System.getProperty("nbguard.benchmarks.kept", "target")));
        long begun = System.nanoTime();
        try (Workshop workshop = new Workshop(kept)) {
            Results results = Bench.run(
                    plan,
                    workshop,
                    kept,
                    step -> System.err.printf("… %4d s  %s%n", (System.nanoTime() - begun) / 1_000_000_000L, step));
            System.out.print(Report.of(plan.tier(), results));
        }
    }

    private static Plan plan(String[] arguments) {
        boolean quick = false;
        int runs = 0;
        Tier tier = Tier.READ_ONLY;
        Pattern only = Pattern.compile("");
        Pattern by = Pattern.compile("");
        for (int i = 0; i < arguments.length; i++) {
            switch (arguments[i]) {
                case "--quick" -> quick = true;
                case "--runs" -> runs = Integer.parseInt(value(arguments, ++i));
                case "--tier" -> tier = Tier.of(value(arguments, ++i));
                case "--only" -> only = Pattern.compile(value(arguments, ++i));
                case "--by" -> by = Pattern.compile(value(arguments, ++i));
                default -> throw new IllegalArgumentException("got " + arguments[i]);
            }
        }
        Plan plan = quick ? Plan.quick(tier, only, by) : Plan.full(tier, only, by);
        return runs > 0 ? plan.withRuns(runs) : plan;
    }

    private static String value(String[] arguments, int index) {
        if (index >= arguments.length) {
            throw new IllegalArgumentException(arguments[index - 1] + " needs a value");
        }
        return arguments[index];
    }
}
