package io.nbguard.cgroup.node;

import static io.nbguard.cgroup.node.Fixture.show;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nbguard.spi.PluginConfig;
import io.nbguard.spi.UnavailableException;
import io.nbguard.spi.probe.Gauge;
import io.nbguard.spi.probe.NodeGauges;
import io.nbguard.spi.probe.ProbeSession;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class Cgroup2ProbeTest {

    private static final String TOP = "sys/fs/cgroup";
    private static final String MIDDLE = TOP + "/pod";
    private static final String OWN = MIDDLE + "/box";
    private static final String GIB = "1073741824";

    @TempDir
    Path root;

    private Fixture fixture;
    private ProbeSession session;
    private final NodeGauges gauges = new NodeGauges();

    private void open() throws UnavailableException {
        session = new Cgroup2Probe(root, fixture::nanoTime).open(PluginConfig.EMPTY);
    }

    private void openPrivate() throws UnavailableException {
        fixture = Fixture.privateNamespace(root);
        open();
    }

    /** A host where our group is two below the top; the top is the machine's root group, without memory files. */
    private void nested() {
        fixture = new Fixture(root);
        fixture.file("proc/self/cgroup", "0::/pod/box\n");
        fixture.mounts("30 20 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw");
        fixture.file(TOP + "/cgroup.controllers", "cpu memory\n");
        fixture.file(TOP + "/cpu.stat", "usage_usec 999999\n");
        fixture.group2(MIDDLE);
        fixture.group2(OWN);
    }

    private String sampled(Gauge gauge) {
        return show(session, gauge);
    }

    private String source(Gauge gauge) {
        session.sample(gauges);
        return gauges.source(gauge);
    }

    @AfterEach
    void close() {
        if (session != null) {
            session.close();
        }
    }

    @Test
    void everyGaugeIsReadInItsUnit() throws Exception {
        openPrivate();
        fixture.file(TOP + "/memory.max", "17179869184\n");
        fixture.file(TOP + "/cpu.max", "250000 100000\n");

        assertThat(sampled(Gauge.MEMORY_CURRENT)).isEqualTo(GIB);
        assertThat(sampled(Gauge.MEMORY_LIMIT)).isEqualTo("17179869184");
        assertThat(sampled(Gauge.MEMORY_INACTIVE_FILE)).isEqualTo("400");
        assertThat(sampled(Gauge.MEMORY_FILE_CACHE)).isEqualTo("700");
        assertThat(sampled(Gauge.MEMORY_RECLAIMABLE_SLAB)).isEqualTo("60");
        assertThat(sampled(Gauge.MEMORY_OOM_KILLS)).isEqualTo("2");
        assertThat(sampled(Gauge.MEMORY_PRESSURE)).isEqualTo("21300");
        assertThat(sampled(Gauge.CPU_USAGE)).isEqualTo("1500000");
        assertThat(sampled(Gauge.CPU_LIMIT)).isEqualTo("2500");
        assertThat(sampled(Gauge.CPU_THROTTLED_PERIODS)).isEqualTo("4");
        assertThat(sampled(Gauge.CPU_PRESSURE)).isEqualTo("500");
        assertThat(source(Gauge.MEMORY_CURRENT)).isEqualTo("cgroup2 " + root.resolve(TOP + "/memory.current"));
    }

    @Test
    void sourcesAreMadeOnce() throws Exception {
        openPrivate();

        assertThat(source(Gauge.MEMORY_CURRENT)).isSameAs(source(Gauge.MEMORY_CURRENT));
        assertThat(source(Gauge.MEMORY_LIMIT)).isSameAs(source(Gauge.MEMORY_LIMIT));
        assertThat(source(Gauge.CPU_USAGE)).isSameAs(source(Gauge.CPU_USAGE));
    }

    @Test
    void withoutLimitsBothAreUnlimited() throws Exception {
        openPrivate();

        assertThat(sampled(Gauge.MEMORY_LIMIT)).isEqualTo("unlimited");
        assertThat(sampled(Gauge.CPU_LIMIT)).isEqualTo("unlimited");
        assertThat(session.description()).isEqualTo("cgroup v2 at " + root.resolve(TOP) + " (no memory limit)");
    }

    @Test
    void aLimitOfZeroIsALimit() throws Exception {
        openPrivate();
        fixture.file(TOP + "/memory.max", "0\n");

        assertThat(sampled(Gauge.MEMORY_LIMIT)).isEqualTo("0");
    }

    @Test
    void useAndLimitComeFromTheGroupWithTheLeastRoom() throws Exception {
        nested();
        fixture.file(OWN + "/memory.max", "4294967296\n");
        fixture.file(MIDDLE + "/memory.max", "8589934592\n");
        fixture.file(MIDDLE + "/memory.current", "8000000000\n");
        fixture.file(MIDDLE + "/memory.events", "oom_kill 77\n");
        fixture.file(MIDDLE + "/memory.stat", "inactive_file 11\n");
        open();

        assertThat(sampled(Gauge.MEMORY_LIMIT)).isEqualTo("8589934592");
        assertThat(sampled(Gauge.MEMORY_CURRENT)).isEqualTo("8000000000");
        assertThat(sampled(Gauge.MEMORY_OOM_KILLS)).isEqualTo("77");
        assertThat(sampled(Gauge.MEMORY_INACTIVE_FILE)).isEqualTo("11");
        assertThat(source(Gauge.MEMORY_LIMIT)).endsWith("pod/memory.max");
        assertThat(source(Gauge.MEMORY_CURRENT)).endsWith("pod/memory.current");
        assertThat(session.description())
                .isEqualTo(
                        "cgroup v2 at " + root.resolve(OWN) + " (limit 8.0 GiB set at " + root.resolve(MIDDLE) + ")");

        fixture.file(MIDDLE + "/memory.current", "2000000000\n");

        assertThat(sampled(Gauge.MEMORY_LIMIT)).isEqualTo("4294967296");
        assertThat(sampled(Gauge.MEMORY_CURRENT)).isEqualTo(GIB);
    }

    @Test
    void betweenSamplesTheGroupThatIsReadStaysTheSame() throws Exception {
        nested();
        fixture.file(OWN + "/memory.max", "4294967296\n");
        fixture.file(MIDDLE + "/memory.max", "8589934592\n");
        open();
        session.sample(gauges);

        fixture.file(OWN + "/memory.current", "5\n");
        fixture.file(MIDDLE + "/memory.current", "8589934591\n");
        session.sampleMemory(gauges);
        assertThat(show(gauges, Gauge.MEMORY_CURRENT)).isEqualTo("5");
        assertThat(show(gauges, Gauge.MEMORY_LIMIT)).isEqualTo("4294967296");

        session.sample(gauges);
        session.sampleMemory(gauges);
        assertThat(show(gauges, Gauge.MEMORY_CURRENT)).isEqualTo("8589934591");
        assertThat(show(gauges, Gauge.MEMORY_LIMIT)).isEqualTo("8589934592");
    }

    @Test
    void limitsMayChangeAppearAndVanishWhileWeRead() throws Exception {
        nested();
        open();
        assertThat(sampled(Gauge.MEMORY_LIMIT)).isEqualTo("unlimited");
        assertThat(source(Gauge.MEMORY_CURRENT)).contains("pod/box");

        fixture.file(MIDDLE + "/memory.max", "9000000000\n");
        assertThat(sampled(Gauge.MEMORY_LIMIT)).isEqualTo("9000000000");
        fixture.file(MIDDLE + "/memory.max", "2000000000\n");
        assertThat(sampled(Gauge.MEMORY_LIMIT)).isEqualTo("2000000000");
        fixture.file(MIDDLE + "/memory.max", "max\n");
        assertThat(sampled(Gauge.MEMORY_LIMIT)).isEqualTo("unlimited");
        fixture.file(OWN + "/memory.max", "3000000000\n");
        assertThat(sampled(Gauge.MEMORY_LIMIT)).isEqualTo("3000000000");
        assertThat(session.description()).contains("limit 2.8 GiB set at " + root.resolve(OWN));
    }

    @Test
    void aGroupThatTheControllerIsSwitchedOnForLaterIsNoticed() throws Exception {
        nested();
        fixture.remove(OWN + "/memory.current");
        fixture.remove(OWN + "/memory.max");
        open();
        assertThat(source(Gauge.MEMORY_CURRENT)).endsWith("pod/memory.current");

        fixture.file(OWN + "/memory.current", "123\n");
        fixture.file(OWN + "/memory.max", "456\n");
        fixture.passSeconds(1);

        assertThat(sampled(Gauge.MEMORY_CURRENT)).isEqualTo("123");
        assertThat(sampled(Gauge.MEMORY_LIMIT)).isEqualTo("456");
    }

    @Test
    void aLimitAboveTheMachinesMemoryIsNone() throws Exception {
        openPrivate();
        fixture.file(TOP + "/memory.max", "34359738369\n");
        assertThat(sampled(Gauge.MEMORY_LIMIT)).isEqualTo("unlimited");

        fixture.file("proc/meminfo", "MemTotal: 67108864 kB\n");
        assertThat(sampled(Gauge.MEMORY_LIMIT)).isEqualTo("34359738369");

        fixture.file(TOP + "/memory.max", "34359738368\n");
        assertThat(sampled(Gauge.MEMORY_LIMIT)).isEqualTo("34359738368");
    }

    @Test
    void aReachableLimitBelowOneThatIsNotDoesNotHideItsFullParent() throws Exception {
        nested();
        fixture.file(OWN + "/memory.max", "4294967296\n");
        fixture.file(MIDDLE + "/memory.max", "99999999999\n");
        fixture.file(MIDDLE + "/memory.current", "99999999998\n");
        open();

        assertThat(sampled(Gauge.MEMORY_LIMIT)).isEqualTo("99999999999");
    }

    @Test
    void anUnreadableLimitIsNotTakenForNone() throws Exception {
        nested();
        fixture.makeUnreadable(MIDDLE + "/memory.max");
        open();

        assertThat(sampled(Gauge.MEMORY_LIMIT)).isEqualTo("unavailable: Is a directory");
        assertThat(source(Gauge.MEMORY_LIMIT)).endsWith("pod/memory.max");
        assertThat(sampled(Gauge.MEMORY_CURRENT)).isEqualTo(GIB);
        assertThat(session.description()).contains("memory limit unknown").contains("Is a directory");

        fixture.file(OWN + "/memory.max", "7\n");
        assertThat(sampled(Gauge.MEMORY_LIMIT)).isEqualTo("7");
    }

    @Test
    void anUnreadableUseIsNotReplacedByAnotherGroups() throws Exception {
        nested();
        fixture.file(OWN + "/memory.max", "4294967296\n");
        fixture.makeUnreadable(OWN + "/memory.current");
        open();

        assertThat(sampled(Gauge.MEMORY_LIMIT)).isEqualTo("4294967296");
        assertThat(sampled(Gauge.MEMORY_CURRENT)).isEqualTo("unavailable: Is a directory");
        session.sampleMemory(gauges);
        assertThat(show(gauges, Gauge.MEMORY_CURRENT)).isEqualTo("unavailable: Is a directory");
    }

    @ParameterizedTest
    @EnumSource(
            value = Gauge.class,
            names = {"MEMORY_PRESSURE", "MEMORY_OOM_KILLS", "CPU_PRESSURE", "CPU_LIMIT"})
    void aFileThatCannotBeReadTakesOneGaugeOnly(Gauge unreadable) throws Exception {
        fixture = Fixture.privateNamespace(root);
        fixture.makeUnreadable(TOP + "/"
                + Map.of(
                                Gauge.MEMORY_PRESSURE, "memory.pressure",
                                Gauge.MEMORY_OOM_KILLS, "memory.events",
                                Gauge.CPU_PRESSURE, "cpu.pressure",
                                Gauge.CPU_LIMIT, "cpu.max")
                        .get(unreadable));
        open();

        session.sample(gauges);

        for (Gauge gauge : Gauge.values()) {
            if (gauge == unreadable) {
                assertThat(show(gauges, gauge)).isEqualTo("unavailable: Is a directory");
            } else if (gauge == Gauge.MACHINE_OOM_KILLS) {
                assertThat(gauges.hasValue(gauge))
                        .as("the host's probe counts it")
                        .isFalse();
            } else {
                assertThat(gauges.reason(gauge)).as(gauge.title()).isNull();
            }
        }
    }

    @Test
    void withoutMemoryStatTheUseIsStillRead() throws Exception {
        fixture = Fixture.privateNamespace(root);
        fixture.remove(TOP + "/memory.stat");
        open();

        assertThat(sampled(Gauge.MEMORY_CURRENT)).isEqualTo(GIB);
        assertThat(sampled(Gauge.MEMORY_FILE_CACHE)).isEqualTo("unavailable: no such file");
        assertThat(sampled(Gauge.MEMORY_INACTIVE_FILE)).isEqualTo("unavailable: no such file");
        assertThat(sampled(Gauge.MEMORY_RECLAIMABLE_SLAB)).isEqualTo("unavailable: no such file");
    }

    @Test
    void aKeyThatIsMissingIsNamed() throws Exception {
        openPrivate();
        fixture.file(TOP + "/memory.stat", "inactive_file 5\nfile_dirty 0\n");
        fixture.file(TOP + "/cpu.stat", "usage_usec 3\n");

        assertThat(sampled(Gauge.MEMORY_INACTIVE_FILE)).isEqualTo("5");
        assertThat(sampled(Gauge.MEMORY_FILE_CACHE)).isEqualTo("unavailable: no number 'active_file' in the file");
        assertThat(sampled(Gauge.MEMORY_RECLAIMABLE_SLAB))
                .isEqualTo("unavailable: no number 'slab_reclaimable' in the file");
        assertThat(sampled(Gauge.CPU_USAGE)).isEqualTo("3000");
        assertThat(sampled(Gauge.CPU_THROTTLED_PERIODS)).isEqualTo("unavailable: no number 'nr_throttled' in the file");
    }

    @Test
    void whatMustBeWrittenOutFirstIsFileCacheAsWell() throws Exception {
        openPrivate();
        fixture.file(TOP + "/memory.stat", "file_dirty 9\nfile_writeback 2\ninactive_file 5\nactive_file 6\n");

        assertThat(sampled(Gauge.MEMORY_FILE_CACHE)).isEqualTo("11");
    }

    @Test
    void theOrderAndNumberOfLinesDoNotMatter() throws Exception {
        openPrivate();
        StringBuilder text = new StringBuilder("slab_reclaimable 1\nfile_writeback 2\n");
        for (int i = 0; i < 4000; i++) {
            text.append("new_counter_").append(i).append(" 1\n");
        }
        fixture.file(TOP + "/memory.stat", text + "active_file 70\nfile_dirty 3\ninactive_file 30\n");

        assertThat(sampled(Gauge.MEMORY_FILE_CACHE)).isEqualTo("100");
        assertThat(sampled(Gauge.MEMORY_RECLAIMABLE_SLAB)).isEqualTo("1");
    }

    @Test
    void garbageIsToldAndForgottenAsSoonAsItIsGone() throws Exception {
        openPrivate();
        fixture.file(TOP + "/memory.current", "lots\n");
        fixture.file(TOP + "/memory.max", "-5\n");
        fixture.file(TOP + "/cpu.max", "100000\n");
        fixture.file(TOP + "/memory.pressure", "some avg60=1.00\n");
        fixture.file(TOP + "/cpu.stat", "usage_usec x\n");

        String told = "unavailable: the file does not hold what was expected";
        assertThat(sampled(Gauge.MEMORY_CURRENT)).isEqualTo(told);
        assertThat(sampled(Gauge.MEMORY_LIMIT)).isEqualTo(told);
        assertThat(sampled(Gauge.CPU_LIMIT)).isEqualTo(told);
        assertThat(sampled(Gauge.MEMORY_PRESSURE)).isEqualTo(told);
        assertThat(sampled(Gauge.CPU_USAGE)).startsWith("unavailable");

        fixture.group2(TOP);
        assertThat(sampled(Gauge.MEMORY_CURRENT)).isEqualTo(GIB);
        assertThat(sampled(Gauge.MEMORY_LIMIT)).isEqualTo("unlimited");
        assertThat(sampled(Gauge.CPU_LIMIT)).isEqualTo("unlimited");
    }

    @Test
    void theLowestCpuQuotaCountsWithTheUseOfItsGroup() throws Exception {
        nested();
        fixture.file(OWN + "/cpu.max", "400000 100000\n");
        fixture.file(MIDDLE + "/cpu.max", "75000 50000\n");
        fixture.file(MIDDLE + "/cpu.stat", "usage_usec 8000\nnr_throttled 31\n");
        open();

        assertThat(sampled(Gauge.CPU_LIMIT)).isEqualTo("1500");
        assertThat(sampled(Gauge.CPU_USAGE)).isEqualTo("8000000");
        assertThat(sampled(Gauge.CPU_THROTTLED_PERIODS)).isEqualTo("31");

        fixture.file(MIDDLE + "/cpu.max", "max 100000\n");
        assertThat(sampled(Gauge.CPU_LIMIT)).isEqualTo("4000");
        assertThat(sampled(Gauge.CPU_USAGE)).isEqualTo("1500000");
    }

    @Test
    void pressureIsReadWithOrWithoutDecimals() throws Exception {
        openPrivate();
        for (String[] pair :
                new String[][] {{"0.00", "0"}, {"100.00", "1000000"}, {"12.3", "123000"}, {"7", "70000"}}) {
            fixture.file(TOP + "/memory.pressure", Fixture.pressure(pair[0]));
            assertThat(sampled(Gauge.MEMORY_PRESSURE)).isEqualTo(pair[1]);
        }
        fixture.remove(TOP + "/cpu.pressure");
        session.close();
        open();
        assertThat(sampled(Gauge.CPU_PRESSURE))
                .startsWith("unavailable: no such file")
                .contains("psi=1");
    }

    @Test
    void quotasOnCgroup1AreLeftToItsProbe() throws Exception {
        fixture = Fixture.privateNamespace(root);
        fixture.file("proc/self/cgroup", "3:cpu,cpuacct:/\n0::/\n");
        open();

        assertThat(sampled(Gauge.CPU_LIMIT)).isEqualTo("unavailable: the cpu controller is on cgroup v1 here");
        assertThat(sampled(Gauge.CPU_USAGE)).startsWith("unavailable");
        assertThat(sampled(Gauge.MEMORY_CURRENT)).isEqualTo(GIB);
    }

    @Test
    void theRootGroupOfTheMachineIsRefusedWithACure() {
        fixture = Fixture.privateNamespace(root);
        fixture.remove(TOP + "/memory.current");
        fixture.remove(TOP + "/memory.max");

        assertRefused("root cgroup", "systemd-run");
    }

    @Test
    void memoryOnCgroup1IsRefusedHereWithAHint() {
        fixture = Fixture.privateNamespace(root);
        fixture.file("proc/self/cgroup", "4:memory:/x\n0::/\n");
        fixture.remove(TOP);
        fixture.file(TOP + "/cgroup.controllers", "hugetlb\n");

        assertRefused("memory controller is on cgroup v1", "cgroup v1 is read too");
    }

    @Test
    void aMachineWithoutTheControllerIsRefusedWithWhatItHas() {
        nested();
        fixture.remove(MIDDLE + "/memory.current");
        fixture.remove(OWN + "/memory.current");
        fixture.file(OWN + "/cgroup.controllers", "cpu pids\n");

        assertRefused("not on for", "memory limit");
        assertThatThrownBy(this::open).hasMessageContaining("cpu pids");

        fixture.remove(OWN + "/cgroup.controllers");
        assertRefused("cannot be read: no such file", "container engine");
    }

    private void assertRefused(String reason, String cure) {
        assertThatThrownBy(this::open)
                .hasMessageContaining(reason)
                .isInstanceOfSatisfying(
                        UnavailableException.class, e -> assertThat(e.cure()).contains(cure));
    }
}
