package io.nbguard.cgroup.process;

import io.nbguard.cgroup.kernel.KernelText;

/**
 * What nbguard wants of one {@code /proc/PID/stat} (proc_pid_stat(5)). Reused; allocates nothing. For one
 * thread.
 *
 * <p>The second field is the name that the process gave itself, in parentheses, with whatever bytes it liked: the
 * numbers begin behind the <em>last</em> closing parenthesis.
 */
final class StatLine {

    /** What {@code exit_signal} is for a thread that does not lead its process. */
    private static final long NO_EXIT_SIGNAL = -1;

    /** No name is longer than this with its parentheses: 64 bytes in the kernel, of which each may be escaped. */
    private static final int LONGEST_NAME = 260;

    private long pid;
    private char state;
    private long parent;
    private long group;
    private long session;
    private long ownTicks;
    private long childTicks;
    private int threads;
    private long start;
    private long residentPages;
    private final byte[] name = new byte[64];
    private int nameLength;

    /**
     * Parses a text.
     *
     * @return false if it is not a whole stat line; the fields are then meaningless
     */
    boolean parse(KernelText text) {
        try {
            text.position(0);
            pid = text.parseLong();
            int open = text.position() + 1;
            if (!text.seekAfterLast(')', open + LONGEST_NAME) || text.position() <= open || text.byteAt(open) != '(') {
                return false;
            }
            keepName(text, open + 1, text.position() - 1);
            int letter = text.position() + 1;
            if (letter + 1 >= text.length()) {
                return false;
            }
            state = (char) text.byteAt(letter);
            text.position(letter + 2);
            parent = text.parseLong();
            group = text.parseLong();
            session = text.parseLong();
            skip(text, 7);
            ownTicks = text.parseLong() + text.parseLong();
            childTicks = text.parseLong() + text.parseLong();
            skip(text, 2);
            threads = (int) text.parseLong();
            skip(text, 1);
            start = text.parseLong();
            skip(text, 1);
            residentPages = text.parseLong();
            return true;
        } catch (NumberFormatException e) {
            return false;
        }
    }

    /** Skips whole fields; the cursor stands behind the last digit of the one before. */
    private static void skip(KernelText text, int fields) {
        text.skipFields(fields + 1);
    }

    private void keepName(KernelText text, int begin, int end) {
        nameLength = Math.min(end - begin, name.length);
        for (int i = 0; i < nameLength; i++) {
            name[i] = text.byteAt(begin + i);
        }
    }

    long pid() {
        return pid;
    }

    /** Returns the kernel's letter; Z and X are dead unless other threads of it live. */
    char state() {
        return state;
    }

    long parent() {
        return parent;
    }

    /** Returns the process group's id. */
    long group() {
        return group;
    }

    long session() {
        return session;
    }

    /** Returns the processor time of all its threads, in clock ticks. */
    long ownTicks() {
        return ownTicks;
    }

    /** Returns the processor time of the children that it has waited for and of theirs, in clock ticks. */
    long childTicks() {
        return childTicks;
    }

    int threads() {
        return threads;
    }

    /** Returns when it started, in clock ticks since boot. */
    long start() {
        return start;
    }

    /**
     * Returns whether the text, just parsed, is of a mere thread of a process with another id: {@code /proc} shows those to
     * who asks by number.
     */
    static boolean isThread(KernelText text) {
        text.skipFields(14);
        return text.parseLongOr(0) == NO_EXIT_SIGNAL;
    }

    /**
     * Returns how the zombie ended whose text was just parsed, as of wait(2); what may not be known is shown as an exit with
     * code 0.
     */
    static int waitStatus(KernelText text) {
        text.skipFields(28);
        return (int) text.parseLongOr(0);
    }

    /** Returns whether it runs, or could: a leader that has ended while other threads go on lives. */
    boolean alive() {
        return (state != 'Z' && state != 'X' && state != 'x') || threads > 1;
    }

    long residentPages() {
        return residentPages;
    }

    /** Makes {@code name} the name that stands here. */
    void nameInto(ProcessName name) {
        name.set(this.name, nameLength);
    }
}
