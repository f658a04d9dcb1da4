package io.nbguard.benchmarks.peer;

import io.nbguard.benchmarks.rig.PipedProgram;
import java.time.Duration;
import java.util.Arrays;

/** A monitor in a process of its own, which times its ticks itself: the pipe is not in the figures. */
final class PipedMonitor implements Monitor {

    private static final int FIELDS_BEFORE_WALLS = 4;
    private static final long[] NOT_IN_THIS_JVM = {};

    private final PipedProgram program;
    private final String work;
    private final boolean measuresCpu;

    /**
     * Makes a monitor of a program that has its processes already.
     *
     * @param work what to ask it to run
     */
    PipedMonitor(PipedProgram program, String work, boolean measuresCpu) {
        this.program = program;
        this.work = work;
        this.measuresCpu = measuresCpu;
    }

    @Override
    public Measurement run(int ticks, Duration pauseBefore) {
        String answer = program.ask("run " + work + " " + ticks + " " + pauseBefore.toNanos() / 1000);
        long[] numbers =
                Arrays.stream(answer.split(" ")).mapToLong(Long::parseLong).toArray();
        if (numbers.length != FIELDS_BEFORE_WALLS + ticks) {
            throw new IllegalStateException(
                    work + ": expected " + (FIELDS_BEFORE_WALLS + ticks) + " numbers but got: " + answer);
        }
        return new Measurement(
                Arrays.copyOfRange(numbers, FIELDS_BEFORE_WALLS, numbers.length),
                numbers[2],
                numbers[3],
                NOT_IN_THIS_JVM,
                numbers[0],
                measuresCpu ? numbers[1] : Measurement.NOT_KNOWN);
    }

    @Override
    public void close() {
        program.close();
    }
}
