package io.nbguard.cgroup.process;

import io.nbguard.spi.process.ProcessIdentity;

/**
 * A member of a tree as threads other than the sampling one see it.
 *
 * @param identity which process
 * @param ownedSession the session that it is in, if that began inside the tree; else 0
 * @param ownedGroup the process group that it is in, if that began inside the tree; else 0
 * @param residentBytes what it held when it was last read, or a moment ago; 0 if it was not read yet
 */
record KnownMember(ProcessIdentity identity, long ownedSession, long ownedGroup, long residentBytes) {}
