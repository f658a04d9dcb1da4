package io.nbguard.cgroup.process;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a process belongs to a group by three numbers in its stat line: its parent, its session, its process
 * group. Each is the id of a process, and the kernel does not give an id out again while it is in use as any of the three
 * — so a number that is in use by a proved member, and was begun inside the tree, proves descent.
 *
 * <p>Filled before each use, for one thread.
 */
final class Kinship {

    private enum Ground {
        /** A living (or not yet reaped) member has this id. */
        MEMBER,
        /** A member has this session or process group, and its leader was a member. */
        HELD,
        /** A member had this id, and no process has it now. */
        DEPARTED
    }

    private static final class Claim {
        private @Nullable ProcessTree group;
        private Ground ground = Ground.MEMBER;
        private long witness;
        private long witnessStart;
    }

    private final PidMap<Claim> claims = new PidMap<>();
    private Claim[] pool = new Claim[0];
    private int used;
    private final StatLine witnessLine = new StatLine();

    /** Forgets everything. */
    void clear() {
        claims.clear();
        used = 0;
    }

    /**
     * Says that {@code pid} is a member: its children are too, and so are the members of a session or process group that it
     * leads.
     */
    void member(ProcessTree group, long pid, long start) {
        claim(group, pid, Ground.MEMBER, pid, start);
    }

    /** Says that the member {@code holder} is in a session or process group that was begun by a member. */
    void held(ProcessTree group, long id, long holder, long holderStart) {
        if (id != 0 && claims.get(id) == null) {
            claim(group, id, Ground.HELD, holder, holderStart);
        }
    }

    /** Says that {@code pid} was a member's and has not been given out again. */
    void departed(ProcessTree group, long pid) {
        if (claims.get(pid) == null) {
            claim(group, pid, Ground.DEPARTED, 0, 0);
        }
    }

    private void claim(ProcessTree group, long id, Ground ground, long witness, long witnessStart) {
        if (used == pool.length) {
            int from = pool.length;
            pool = Arrays.copyOf(pool, Math.max(64, from * 2));
            for (int i = from; i < pool.length; i++) {
                pool[i] = new Claim();
            }
        }
        Claim claim = pool[used++];
        claim.group = group;
        claim.ground = ground;
        claim.witness = witness;
        claim.witnessStart = witnessStart;
        claims.put(id, claim);
    }

    /** Returns whether the id of a session or process group was a member's of {@code group}, or is held by one. */
    boolean belongs(long id, ProcessTree group) {
        Claim claim = claims.get(id);
        return claim != null && claim.group == group;
    }

    /** Returns the group that a process with these three numbers belongs to, proved by looking at the witness again, or null. */
    @Nullable ProcessTree groupOf(long parent, long session, long processGroup, ProcessReader reader) {
        ProcessTree group = proved(parent, reader);
        if (group == null) {
            group = proved(session, reader);
        }
        if (group == null && processGroup != session) {
            group = proved(processGroup, reader);
        }
        return group;
    }

    private @Nullable ProcessTree proved(long id, ProcessReader reader) {
        Claim claim = claims.get(id);
        if (claim == null) {
            return null;
        }
        // The number was read before this: only if the witness still stands was it the witness's then.
        boolean stands =
                switch (claim.ground) {
                    // The cursor may have gone all the way round unseen, and clone3 can ask for any id: a process
                    // that has the id of a departed one is another process.
                    case DEPARTED -> reader.read(id, witnessLine) == ProcessReader.Look.ABSENT;
                    case MEMBER -> reader.is(claim.witness, claim.witnessStart, witnessLine);
                    case HELD ->
                        reader.is(claim.witness, claim.witnessStart, witnessLine)
                                && (witnessLine.session() == id || witnessLine.group() == id);
                };
        return stands ? claim.group : null;
    }
}
