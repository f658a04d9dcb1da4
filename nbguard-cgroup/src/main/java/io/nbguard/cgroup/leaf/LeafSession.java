package io.nbguard.cgroup.leaf;

import io.nbguard.api.ErrorCode;
import io.nbguard.api.ExecutionId;
import io.nbguard.api.GuardException;
import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.resource.Allocation;
import io.nbguard.api.resource.Enforcement;
import io.nbguard.api.resource.Resource;
import io.nbguard.api.resource.ResourceSpec;
import io.nbguard.api.watchdog.SafetyTier;
import io.nbguard.cgroup.node.Membership;
import io.nbguard.cgroup.node.WatchedFile;
import io.nbguard.cgroup.process.Processes;
import io.nbguard.spi.UnavailableException;
import io.nbguard.spi.process.ProcessGroup;
import io.nbguard.spi.process.ProcessIdentity;
import io.nbguard.spi.process.SampleDepth;
import io.nbguard.spi.process.TrackerSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.locks.ReentrantLock;

/** The leaves of one guard, and the tick over them. */
final class LeafSession implements TrackerSession, LeafGroup.Owner {

    private final Parts parts;
    private final Processes.TableReader reader;
    private final WatchedFile.Desk desk = new WatchedFile.Desk(System::nanoTime);
    private final NotebooksCgroupLimit limit;
    private final LeafLimits limits;

    /** Held by the sampling thread during a tick, which only tries it, and for moments by others. */
    private final ReentrantLock lock = new ReentrantLock();

    private volatile LeafGroup[] groups = {};
    private volatile boolean closed;

    /**
     * What a session is made of.
     *
     * @param folder where its leaves are made; empty if it only watches
     * @param launcher starts processes in leaves; empty if it only watches
     * @param trees knows processes that are in no leaf, and when the machine started
     * @param pidsMax the most processes and threads of one execution, as {@code pids.max} takes it
     */
    record Parts(
            CgroupLayout layout,
            NotebooksCgroup notebooksCgroup,
            Optional<Path> folder,
            Optional<Launcher> launcher,
            Processes processes,
            TrackerSession trees,
            Reserve reserve,
            String pidsMax) {}

    LeafSession(Parts parts, Path root) {
        this.parts = parts;
        reader = parts.processes().newReader();
        limit = new NotebooksCgroupLimit(parts.layout(), parts.notebooksCgroup(), parts.reserve(), root, desk);
        limit.look(isGuard());
        limits = LeafLimits.in(parts.folder().orElse(parts.layout().notebooksCgroup()), parts.pidsMax());
    }

    private boolean isGuard() {
        return parts.folder().isPresent();
    }

    @Override
    public ProcessGroup create(ExecutionId id, Allocation allocation) {
        if (closed || !isGuard()) {
            throw new GuardException(
                    ErrorCode.ILLEGAL_STATE,
                    closed ? "the process tracker is closed" : "this process tracker only watches");
        }
        limits.check(allocation);
        Path leaf = parts.folder().orElseThrow().resolve(id.value());
        try {
            Files.createDirectory(leaf);
            try {
                confine(leaf, allocation.limits());
            } catch (IOException e) {
                new Group(leaf).remove();
                throw e;
            }
        } catch (IOException e) {
            throw new GuardException(
                    ErrorCode.ENVIRONMENT,
                    LeafGroup.describe(leaf, e) + ": was " + parts.folder().orElseThrow()
                            + " removed? Close this guard and open another",
                    e);
        }
        return add(new Group(leaf), true);
    }

    private void confine(Path leaf, ResourceSpec asked) throws IOException {
        ControlFile.write(leaf.resolve("memory.oom.group"), "1");
        limits.set(leaf, asked);
    }

    private LeafGroup add(Group leaf, boolean made) {
        LeafGroup group = new LeafGroup(this, leaf, made, new LeafReading(leaf, reader, desk));
        lock.lock();
        try {
            LeafGroup[] more = Arrays.copyOf(groups, groups.length + 1);
            more[groups.length] = group;
            groups = more;
        } finally {
            lock.unlock();
        }
        return group;
    }

    @Override
    public void forget(LeafGroup group, LeafReading reading) {
        lock.lock();
        try {
            groups = Arrays.stream(groups).filter(other -> other != group).toArray(LeafGroup[]::new);
            reading.close();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public ProcessGroup attach(ExecutionId id, ProcessIdentity root) throws UnavailableException {
        Optional<Path> leaf = leafOf(root);
        if (leaf.isPresent() && parts.processes().is(root.pid(), root.startTicks())) {
            LeafGroup group = add(new Group(leaf.get()), isInherited(leaf.get()));
            group.adoptRoot(root);
            return group;
        }
        // Its root may have died before the others.
        Optional<Path> inherited = parts.notebooksCgroup().folders().stream()
                .map(folder -> folder.resolve(id.value()))
                .filter(path -> Files.isDirectory(path) && isInherited(path))
                .findFirst();
        return inherited.isPresent()
                ? add(new Group(inherited.get()), true)
                : parts.trees().attach(id, root);
    }

    /** Returns whether a leaf has outlived its guard: then it is its finder's to remove. */
    private boolean isInherited(Path leaf) {
        Path folder = leaf.getParent();
        return isGuard()
                && folder != null
                && GuardName.parse(String.valueOf(folder.getFileName()))
                        .filter(name -> name.keeps() && name.hasDied(parts.processes()))
                        .isPresent();
    }

    /** Returns the leaf that a process is in; empty if it is in none. */
    private Optional<Path> leafOf(ProcessIdentity process) {
        try {
            Path slash = Path.of("/");
            Optional<Path> own = Membership.read(slash, Long.toString(process.pid()))
                    .unified()
                    .flatMap(path -> parts.layout().lineage().directory(slash, path));
            for (Path at = own.orElse(null); at != null; at = at.getParent()) {
                Path folder = at.getParent();
                if (folder != null
                        && parts.layout().notebooksCgroup().equals(folder.getParent())
                        && GuardName.parse(String.valueOf(folder.getFileName())).isPresent()) {
                    return Optional.of(at);
                }
            }
            return Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    @Override
    public void sample(SampleDepth depth) {
        if (closed || !lock.tryLock()) {
            return;
        }
        reader.holdInterrupt();
        try {
            if (depth == SampleDepth.FULL) {
                limit.look(isGuard());
            }
            LeafGroup[] all = groups;
            for (LeafGroup group : all) {
                group.read(depth);
            }
            parts.trees().sample(depth);
        } finally {
            lock.unlock();
            reader.restoreInterrupt();
        }
    }

    @Override
    public void warmUp() {
        parts.trees().warmUp();
    }

    @Override
    public SafetyTier tier() {
        return SafetyTier.WRITABLE;
    }

    @Override
    public Map<Resource, Enforcement> enforcement() {
        return limits.enforcement();
    }

    @Override
    public void check(Allocation allocation) {
        limits.check(allocation);
    }

    @Override
    public LeafLimits limits() {
        return limits;
    }

    @Override
    public OptionalLong enclosureBytes() {
        long bytes = limit.inForceBytes();
        return bytes < 0 ? OptionalLong.empty() : OptionalLong.of(bytes);
    }

    @Override
    public String hasten() {
        return parts.trees().hasten();
    }

    @Override
    public Instant startTime(long startTicks) {
        return parts.trees().startTime(startTicks);
    }

    @Override
    public String description() {
        long bytes = limit.inForceBytes();
        String bound = bytes < 0 ? "no bound" : "at most " + ByteSize.ofBytes(bytes) + " together";
        return "cgroup leaves below " + parts.layout().notebooksCgroup() + " (" + bound + "; "
                + parts.layout().base() + " is " + parts.layout().kind().words() + ")";
    }

    @Override
    public long enclosureOoms() {
        return ControlFile.number(parts.layout().notebooksCgroup().resolve("memory.events.local"), "oom");
    }

    @Override
    public Path enclosureLimitFile() {
        return parts.layout().notebooksCgroup().resolve("memory.max");
    }

    @Override
    public Processes processes() {
        return parts.processes();
    }

    @Override
    public Launcher launcher() throws IOException {
        return parts.launcher().orElseThrow(() -> new IOException("this process tracker only watches"));
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        for (LeafGroup group : groups) {
            group.close();
        }
        closed = true;
        lock.lock();
        try {
            limit.close();
        } finally {
            lock.unlock();
        }
        parts.trees().close();
        parts.launcher().ifPresent(Launcher::close);
        parts.folder().ifPresent(this::leave);
    }

    private void leave(Path folder) {
        try {
            BaseLock lock = BaseLock.take(parts.layout().base());
            try {
                parts.notebooksCgroup().leave(folder);
            } finally {
                lock.close();
            }
        } catch (UnavailableException e) {
            // What stays belongs to a JVM that will have died when the next guard opens, which removes it then.
            throw new GuardException(
                    ErrorCode.ENVIRONMENT, folder + " was left behind: " + e.getMessage() + " (" + e.cure() + ")", e);
        }
    }
}
