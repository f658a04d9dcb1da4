package io.nbguard.cgroup.leaf;

import io.nbguard.api.ErrorCode;
import io.nbguard.api.GuardException;
import io.nbguard.api.measure.ByteSize;
import io.nbguard.cgroup.node.Lineage;
import io.nbguard.cgroup.process.ProcTracker;
import io.nbguard.cgroup.process.Processes;
import io.nbguard.spi.PluginConfig;
import io.nbguard.spi.Setting;
import io.nbguard.spi.UnavailableException;
import io.nbguard.spi.process.ProcessTracker;
import io.nbguard.spi.process.TrackerSession;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Confines every execution to a cgroup of its own, where the cgroup v2 tree may be written: then neither the controller nor
 * the node can die of a notebook, however fast it fills the memory.
 *
 * <p>Opening it moves all processes of the node's cgroup into a leaf beside the notebooks; closing the last guard moves them
 * back. Settings: see {@link #settings}.
 */
public final class LeafTracker implements ProcessTracker {

    private static final Setting<ByteSize> RESERVE = Setting.size(
                    "cgroup.reserve",
                    "Writable tier: the memory that is kept for all processes but the notebooks, such as `512m`.")
            .withoutIt("what they hold, and 1/64 of the limit");

    private static final Setting<String> PIDS = Setting.text(
                    "cgroup.pids", "Writable tier: how many processes and threads an execution may have.")
            .accepting(text -> text.matches("[1-9]\\d{0,6}|max"), "1 to 9999999, or max")
            .usually("4096");

    private static final List<Setting<?>> SETTINGS = List.of(TierSetting.TIER, RESERVE, PIDS);

    private final Path root = Path.of("/");

    /** Made by {@link java.util.ServiceLoader}. */
    public LeafTracker() {}

    @Override
    public String name() {
        return "nbguard-cgroup2";
    }

    @Override
    public int preference() {
        return 200;
    }

    @Override
    public List<Setting<?>> settings() {
        return Stream.concat(SETTINGS.stream(), ProcTracker.SETTINGS.stream()).toList();
    }

    /**
     * Opens it.
     *
     * @throws UnavailableException if notebooks cannot be confined here, or shall not be
     * @throws GuardException (INVALID_REQUEST) if a setting cannot be meant; (ENVIRONMENT) if this tier was asked for and
     *     cannot be had
     */
    @Override
    public TrackerSession open(PluginConfig configuration) throws UnavailableException {
        TierSetting.Tier wish = configuration.get(TierSetting.TIER);
        Reserve reserve =
                new Reserve(configuration.find(RESERVE).map(ByteSize::bytes).orElse(-1L));
        String pids = configuration.get(PIDS);
        try {
            return open(configuration, reserve, pids);
        } catch (UnavailableException e) {
            if (wish == TierSetting.Tier.WRITABLE) {
                throw new GuardException(
                        ErrorCode.ENVIRONMENT,
                        TierSetting.TIER + " = writable was asked for, but " + e.getMessage()
                                + (e.cure().isEmpty() ? "" : "; " + e.cure()),
                        e);
            }
            throw e;
        }
    }

    /**
     * Looks whether notebooks could be confined here. Changes nothing.
     *
     * @param root what stands for {@code /}
     * @return where
     * @throws UnavailableException if not, or if they shall not be; says why, and the cure
     */
    public static CgroupLayout look(Path root, PluginConfig configuration) throws UnavailableException {
        return look(root, configuration, Processes.of(configuration));
    }

    private static CgroupLayout look(Path root, PluginConfig configuration, Processes processes)
            throws UnavailableException {
        TierSetting.Tier wish = configuration.get(TierSetting.TIER);
        if (wish == TierSetting.Tier.READ_ONLY) {
            throw new UnavailableException(TierSetting.TIER + " = read-only", "");
        }
        CgroupLayout layout = CgroupLayout.find(root, wish == TierSetting.Tier.WRITABLE);
        Optional<String> noCalls = processes.noCalls();
        if (noCalls.isPresent()) {
            throw new UnavailableException(
                    "system calls are needed to lock the cgroup, and cannot be made: " + noCalls.get(),
                    "put net.java.dev.jna:jna-jpms on the path, and let it unpack into java.io.tmpdir");
        }
        String noLauncher = Launcher.problem();
        if (noLauncher != null) {
            throw new UnavailableException(noLauncher, "run on a machine with amd64 or aarch64 processors");
        }
        return layout;
    }

    private TrackerSession open(PluginConfig configuration, Reserve reserve, String pids) throws UnavailableException {
        Processes processes = Processes.of(configuration);
        CgroupLayout layout = look(root, configuration, processes);
        TrackerSession trees = new ProcTracker().open(configuration);
        Launcher launcher = null;
        try {
            launcher = Launcher.unpack();
            NotebooksCgroup notebooksCgroup =
                    new NotebooksCgroup(layout, processes, configuration.get(KEEP_ON_HOST_DEATH));
            BaseLock lock = BaseLock.take(layout.base());
            try {
                Path folder = notebooksCgroup.enter();
                try {
                    return new LeafSession(
                            new LeafSession.Parts(
                                    layout,
                                    notebooksCgroup,
                                    Optional.of(folder),
                                    Optional.of(launcher),
                                    processes,
                                    trees,
                                    reserve,
                                    pids),
                            root);
                } catch (RuntimeException | Error e) {
                    notebooksCgroup.leave(folder);
                    throw e;
                }
            } finally {
                lock.close();
            }
        } catch (UnavailableException | RuntimeException | Error e) {
            trees.close();
            if (launcher != null) {
                launcher.close();
            }
            throw e;
        }
    }

    /** Attaches to leaves that guards of this node have made, and to other processes by their tree. */
    @Override
    public TrackerSession watch(PluginConfig configuration) throws UnavailableException {
        CgroupLayout layout = new CgroupLayout(Lineage.unified(root).ofNode(), CgroupLayout.Kind.DIVIDED);
        if (!Files.isDirectory(layout.notebooksCgroup())) {
            throw new UnavailableException("no guard has confined notebooks below " + layout.base(), "");
        }
        Processes processes = Processes.of(configuration);
        if (processes.noCalls().isPresent()) {
            throw new UnavailableException(processes.noCalls().get(), "");
        }
        return new LeafSession(
                new LeafSession.Parts(
                        layout,
                        new NotebooksCgroup(layout, processes, false),
                        Optional.empty(),
                        Optional.empty(),
                        processes,
                        new ProcTracker().watch(configuration),
                        new Reserve(-1),
                        configuration.get(PIDS)),
                root);
    }
}
