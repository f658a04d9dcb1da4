package io.nbguard.core.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.nbguard.api.GuardClock;
import io.nbguard.api.event.GuardEvent;
import io.nbguard.api.event.GuardEvent.PluginMisbehaved.Fault;
import io.nbguard.api.measure.Reading;
import io.nbguard.api.resource.Device;
import io.nbguard.api.resource.DeviceSnapshot;
import io.nbguard.core.event.PluginFaults;
import io.nbguard.core.fixture.Eventually;
import io.nbguard.spi.PluginConfig;
import io.nbguard.spi.UnavailableException;
import io.nbguard.spi.device.DeviceProbe;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DeviceProbesTest {

    /** For a probe that must answer, and for one that must not. */
    private static final Duration LONG = Duration.ofSeconds(50);

    private static final Duration SHORT = Duration.ofMillis(50);

    private final ScriptedDevices gpus = new ScriptedDevices("gpus");
    private final ScriptedDevices others = new ScriptedDevices("others");
    private final List<GuardEvent.PluginMisbehaved> faults = new CopyOnWriteArrayList<>();
    private final List<Thread> threads = new CopyOnWriteArrayList<>();

    private DeviceProbes probes(Duration timeout, DeviceProbe... probes) {
        return new DeviceProbes(
                List.of(probes),
                PluginConfig.EMPTY,
                new PluginFaults(event -> faults.add((GuardEvent.PluginMisbehaved) event), GuardClock.SYSTEM),
                task -> {
                    Thread thread = new Thread(task);
                    thread.setDaemon(true);
                    threads.add(thread);
                    return thread;
                },
                timeout);
    }

    @AfterEach
    void noThreadIsLeft() {
        Eventually.until("every thread has ended", () -> threads.stream().noneMatch(Thread::isAlive));
    }

    private static List<DeviceSnapshot> devices(DeviceProbes probes) {
        return probes.look().value().orElseThrow();
    }

    @Test
    void theDevicesOfAllProbesAreListedWithTheirUse() {
        Device first = gpus.plugIn("GPU-1");
        Device second = others.plugIn("card0");
        try (DeviceProbes probes = probes(LONG, gpus, others)) {
            assertThat(threads).as("not called yet").isEmpty();
            assertThat(devices(probes))
                    .extracting(DeviceSnapshot::device, DeviceSnapshot::probe)
                    .containsExactly(tuple(first, "gpus"), tuple(second, "others"));
            assertThat(devices(probes)).allSatisfy(one -> assertThat(one.usage().value())
                    .hasValueSatisfying(
                            usage -> assertThat(usage.busy().value()).contains(0.5)));
        }
        assertThat(gpus.opened).as("opened once").hasValue(1);
        assertThat(gpus.closed).hasValue(1);
        assertThat(others.closed).hasValue(1);
        assertThat(faults).isEmpty();
    }

    @Test
    void withoutAProbeOrADriverTheDevicesAreNotKnown() {
        try (DeviceProbes none = probes(LONG)) {
            assertThat(none.look())
                    .isInstanceOfSatisfying(Reading.Unavailable.class, unknown -> assertThat(unknown.reason())
                            .contains("no device probe"));
        }
        gpus.refusal = new UnavailableException("no driver is loaded", "load it");
        try (DeviceProbes probes = probes(LONG, gpus)) {
            assertThat(probes.look())
                    .isInstanceOfSatisfying(Reading.Unavailable.class, unknown -> assertThat(unknown.reason())
                            .contains("gpus", "no driver is loaded", "load it"));
            gpus.refusal = null;
            assertThat(devices(probes)).as("it was loaded").isEmpty();
        }
        assertThat(faults).as("that is no fault").isEmpty();
    }

    @Test
    void aDeviceThatVanishesIsNotListedAnyMore() {
        gpus.plugIn("GPU-1");
        Device stays = gpus.plugIn("GPU-2");
        try (DeviceProbes probes = probes(LONG, gpus)) {
            assertThat(devices(probes)).hasSize(2);
            gpus.present.remove(0);
            assertThat(devices(probes)).extracting(DeviceSnapshot::device).containsExactly(stays);
        }
    }

    @Test
    void whatAProbeSaidLastIsShownWhileItThrowsAndItsUseIsUnknown() {
        Device device = gpus.plugIn("GPU-1");
        others.plugIn("card0");
        try (DeviceProbes probes = probes(LONG, gpus, others)) {
            devices(probes);
            gpus.failure = new IllegalStateException("the bus fell off");
            for (int i = 0; i < 3; i++) {
                List<DeviceSnapshot> known = devices(probes);
                assertThat(known).hasSize(2);
                assertThat(known.get(0).device()).isEqualTo(device);
                assertThat(known.get(0).usage())
                        .isInstanceOfSatisfying(Reading.Unavailable.class, unknown -> assertThat(unknown.reason())
                                .contains("the bus fell off"));
                assertThat(known.get(1).usage().value()).isPresent();
            }
            assertThat(faults).as("told once").singleElement().satisfies(fault -> {
                assertThat(fault.fault()).isEqualTo(Fault.THREW);
                assertThat(fault.message()).contains("device probe gpus", "the bus fell off");
            });
            gpus.failure = null;
            assertThat(devices(probes).get(0).usage().value()).isPresent();
        }
    }

    @Test
    void aSampleThatHangsIsNotWaitedForAgainAndDelaysNoCaller() {
        Device device = gpus.plugIn("GPU-1");
        others.plugIn("card0");
        CountDownLatch driver = gpus.hangs();
        try (DeviceProbes probes = probes(SHORT, gpus)) {
            for (int i = 0; i < 3; i++) {
                assertThat(devices(probes)).singleElement().satisfies(known -> {
                    assertThat(known.device()).isEqualTo(device);
                    assertThat(known.usage())
                            .isInstanceOfSatisfying(Reading.Unavailable.class, unknown -> assertThat(unknown.reason())
                                    .contains("not answered within 50 ms"));
                });
            }
            assertThat(gpus.sampled).as("no second call before it has returned").hasValue(1);
            assertThat(faults).singleElement().satisfies(fault -> assertThat(fault.fault())
                    .isEqualTo(Fault.TOO_SLOW));
            driver.countDown();
            Eventually.until(
                    "it answers again",
                    () -> devices(probes).get(0).usage().value().isPresent());
        }
        assertThat(gpus.closed).hasValue(1);
    }

    @Test
    void aProbeThatHangsWhenTheGuardClosesIsClosedWhenItReturns() {
        gpus.plugIn("GPU-1");
        CountDownLatch driver = gpus.hangs();
        DeviceProbes probes = probes(SHORT, gpus);
        devices(probes);
        probes.close();
        assertThat(gpus.closed).as("never beside a call").hasValue(0);
        driver.countDown();
        Eventually.until("it is closed", () -> gpus.closed.get() == 1);
        assertThat(devices(probes)).as("what it said last").hasSize(1);
        assertThat(gpus.sampled).hasValue(1);
    }
}
