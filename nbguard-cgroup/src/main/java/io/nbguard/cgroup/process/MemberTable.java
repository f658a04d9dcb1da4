package io.nbguard.cgroup.process;

import io.nbguard.spi.process.GroupUsage;
import java.util.Arrays;

/**
 * The processes of a group whose members come from another source, such as the kernel for a cgroup: each keeps its
 * descriptors from one reading to the next. Allocates only when a process is new. Not for threads to share.
 */
public final class MemberTable {

    private final Sampling sampling;
    private Member[] members = new Member[8];
    private boolean[] seen = new boolean[8];
    private int count;

    /**
     * Makes an empty table.
     *
     * @param reader shared by the tables of one thread
     */
    public MemberTable(Processes.TableReader reader) {
        sampling = reader.sampling();
    }

    /** Begins to name the members anew. */
    public void begin() {
        Arrays.fill(seen, 0, count, false);
    }

    /** Names a member. */
    public void member(long pid) {
        for (int i = 0; i < count; i++) {
            if (members[i].pid == pid) {
                seen[i] = true;
                return;
            }
        }
        if (sampling.reader.read(pid, sampling.line) != ProcessReader.Look.FOUND) {
            return;
        }
        if (count == members.length) {
            members = Arrays.copyOf(members, count * 2);
            seen = Arrays.copyOf(seen, count * 2);
        }
        Member member = new Member(sampling.machine, pid, sampling.line.start());
        member.begin(sampling.line, sampling);
        members[count] = member;
        seen[count++] = true;
    }

    /**
     * Reads those that were named, drops the others, and adds a row for each that lives.
     *
     * @param root the process whose row comes first; 0 if not known
     */
    public void read(long root, GroupUsage into) {
        int kept = 0;
        for (int i = 0; i < count; i++) {
            Member member = members[i];
            // A kept descriptor fails when its process has gone, also when the id lives again: that one is named next
            // time.
            if (!seen[i] || !member.readUsage(sampling, true) || !member.readAll(sampling)) {
                member.close();
                continue;
            }
            members[kept] = member;
            if (member.pid == root && kept > 0) {
                members[kept] = members[0];
                members[0] = member;
            }
            kept++;
        }
        Arrays.fill(members, kept, count, null);
        count = kept;
        for (int i = 0; i < count; i++) {
            addRow(members[i], into);
        }
    }

    private static void addRow(Member member, GroupUsage into) {
        if (member.living()) {
            into.add(
                    member.pid,
                    member.parent(),
                    member.start,
                    member.residentBytes(),
                    member.privateBytes(),
                    member.ownNanos(),
                    member.threads(),
                    member.state(),
                    member.name());
        }
    }

    /** Lets go of all descriptors. */
    public void clear() {
        for (int i = 0; i < count; i++) {
            members[i].close();
        }
        Arrays.fill(members, 0, count, null);
        count = 0;
    }
}
