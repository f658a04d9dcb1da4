package io.nbguard.benchmarks.rig;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Real processes to measure: trees that sleep with their memory touched, a number of others, and a forker. All of them
 * end with this JVM, however it ends (see {@code rig.c}).
 */
public final class Rig implements AutoCloseable {

    private static final String READY = "ready ";

    private final PipedProgram program;
    private final List<Tree> trees;
    private final long pageBytes;

    private Rig(PipedProgram program, List<Tree> trees, long pageBytes) {
        this.program = program;
        this.trees = trees;
        this.pageBytes = pageBytes;
    }

    /**
     * Starts the trees; returns when every process has its memory.
     *
     * @param treeCount how many trees of five processes
     * @param mebibytes how much memory each process touches
     */
    public static Rig start(Workshop workshop, int treeCount, int mebibytes) throws IOException {
        List<String> command =
                List.of(workshop.compile("rig").toString(), Integer.toString(treeCount), Integer.toString(mebibytes));
        PipedProgram program = PipedProgram.start("rig", workshop.scratch(), command);
        try {
            List<Tree> trees = new ArrayList<>();
            String line = program.readLine();
            while (!line.startsWith(READY)) {
                trees.add(new Tree(
                        Arrays.stream(line.split(" ")).map(Long::valueOf).toList()));
                line = program.readLine();
            }
            return new Rig(program, List.copyOf(trees), Long.parseLong(line.substring(READY.length())));
        } catch (RuntimeException e) {
            program.close();
            throw e;
        }
    }

    /** Returns the trees. */
    public List<Tree> trees() {
        return trees;
    }

    /** Returns the machine's page size, in bytes. */
    public long pageBytes() {
        return pageBytes;
    }

    /**
     * Makes it so many other processes on the machine, besides those that it has anyway.
     *
     * @throws IllegalStateException if the machine does not allow so many
     */
    public void others(int count) {
        command("others", count);
    }

    /** Starts processes at this rate per second, each living for 10 ms; 0 stops. */
    public void forks(int perSecond) {
        command("forks", perSecond);
    }

    private void command(String verb, int number) {
        String answer = program.ask(verb + " " + number);
        if (!answer.equals(verb + " " + number)) {
            throw new IllegalStateException("wanted " + number + " " + verb + " but the machine gave: " + answer
                    + "; raise ulimit -u, kernel.pid_max or the node's limit of processes");
        }
    }

    /** Ends every process of the rig. */
    @Override
    public void close() {
        program.close();
    }
}
