package io.nbguard.cgroup.process;

import io.nbguard.spi.process.ProcessIdentity;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The processes of one group, as what finds, stops and kills them sees it. */
interface ProcessTree {

    /** Returns the first process, if one was started. Any thread. */
    Optional<ProcessIdentity> root();

    /** Returns what its processes carry; null if they ran before they were a group. */
    @Nullable Cookie cookie();

    /** Returns the first tick that a member may have started at, in clock ticks since boot. */
    long earliestStart();

    /** Returns the last tick of the session at which a member was found to have gone. */
    long lastLoss();

    /** Returns whether any member has gone so far. */
    boolean everLost();

    /** Returns what is known to be a member, dead or alive. Any thread. */
    List<KnownMember> known();

    /** Returns whether there are members whose children the last tick could not know to be members. Any thread. */
    boolean hasArrivals();

    /** Hands members that another thread found over to the sampling thread. */
    void arrive(List<ProcessIdentity> found);

    /** Says that the tree has used at least this much processor time, besides what departed. Any thread. */
    void atLeast(long nanos);

    /** Returns how many members there are. Sampling thread. */
    int count();

    /** Returns a member. Sampling thread. */
    Member member(int i);

    /**
     * Adds a member. Sampling thread.
     *
     * @return false if the group is closed
     */
    boolean adopt(Member member);
}
