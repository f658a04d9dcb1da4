package io.nbguard.core.device;

import io.nbguard.api.event.GuardEvent.PluginMisbehaved.Fault;
import io.nbguard.api.measure.Reading;
import io.nbguard.api.resource.Device;
import io.nbguard.api.resource.DeviceId;
import io.nbguard.api.resource.DeviceSnapshot;
import io.nbguard.api.resource.DeviceUsage;
import io.nbguard.core.event.PluginFaults;
import io.nbguard.core.plugin.PluginKind;
import io.nbguard.spi.PluginConfig;
import io.nbguard.spi.UnavailableException;
import io.nbguard.spi.device.DeviceProbe;
import io.nbguard.spi.device.DeviceSession;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The devices of one probe. The probe is called on threads of its own, one call at a time, because a driver can stop a call for
 * ever: what it said last is kept, and it is not called again before it has returned.
 */
final class ProbedDevices implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ProbedDevices.class);
    private static final String KIND = PluginKind.DEVICE_PROBE.title();
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(1);

    private final DeviceProbe probe;
    private final String name;
    private final PluginConfig configuration;
    private final PluginFaults faults;
    private final ThreadFactory threads;
    private final Duration timeout;

    // Guarded by this, for moments.
    private @Nullable Call latest;
    private boolean closed;

    // Written on the probe's thread.
    private @Nullable DeviceSession session;
    private volatile @Nullable List<Device> devices;
    private volatile Map<DeviceId, DeviceUsage> usage = Map.of();
    private volatile @Nullable String problem;

    /** A call of the probe on a thread of its own. */
    private static final class Call {
        private final CountDownLatch done = new CountDownLatch(1);
        private @Nullable Thread thread;
        private volatile boolean late;

        boolean isDone() {
            return done.getCount() == 0;
        }

        boolean await(Duration longest) {
            try {
                return done.await(longest.toNanos(), TimeUnit.NANOSECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return isDone();
            }
        }
    }

    ProbedDevices(
            DeviceProbe probe,
            PluginConfig configuration,
            PluginFaults faults,
            ThreadFactory threads,
            Duration timeout) {
        this.probe = probe;
        this.name = probe.name();
        this.configuration = configuration;
        this.faults = faults;
        this.threads = threads;
        this.timeout = timeout;
    }

    String name() {
        return name;
    }

    /** Begins to ask the probe, unless it is being asked. */
    synchronized void begin() {
        if (!closed && (latest == null || latest.isDone())) {
            latest = call(this::read);
        }
    }

    private Call call(Runnable task) {
        Call call = new Call();
        Thread thread = threads.newThread(() -> {
            try {
                task.run();
            } finally {
                end(call);
            }
        });
        thread.setName("nbguard-devices " + name);
        call.thread = thread;
        thread.start();
        return call;
    }

    /** Ends a call; if the guard was closed meanwhile, with the session. */
    private void end(Call call) {
        synchronized (this) {
            if (!closed) {
                call.done.countDown();
                return;
            }
        }
        closeSession();
        call.done.countDown();
    }

    /** Waits until the probe has answered, for its timeout at most; returns at once where it has been late already. */
    void await() {
        Call call;
        synchronized (this) {
            call = latest;
        }
        if (call == null
                || call.late
                || call.await(timeout)
                || Thread.currentThread().isInterrupted()) {
            return;
        }
        call.late = true;
        faults.tell(
                KIND,
                name,
                Fault.TOO_SLOW,
                null,
                "did not answer within " + timeout.toMillis()
                        + " ms; what it said last is shown, and it is not asked again" + " before it has answered");
    }

    private void read() {
        try {
            DeviceSession open = session;
            if (open == null) {
                open = probe.open(configuration);
                session = open;
            }
            devices = List.copyOf(open.devices());
            Map<DeviceId, DeviceUsage> sampled = new HashMap<>();
            for (DeviceUsage one : open.sample()) {
                sampled.put(one.device(), one);
            }
            usage = sampled;
            problem = null;
            faults.behaved(KIND, name);
        } catch (UnavailableException e) {
            problem = e.getMessage() + (e.cure().isEmpty() ? "" : " (" + e.cure() + ")");
        } catch (Throwable e) {
            // Catches Errors too: code of a plugin that fails must not end more than this call.
            problem = "it threw " + e;
            faults.tell(KIND, name, Fault.THREW, e, "threw " + e + "; what it said last is shown");
        }
    }

    /** Returns the devices that it last said there are; empty if it has never answered. */
    Optional<List<DeviceSnapshot>> known() {
        return Optional.ofNullable(devices).map(all -> all.stream()
                .map(device -> new DeviceSnapshot(device, name, usageOf(device)))
                .toList());
    }

    private Reading<DeviceUsage> usageOf(Device device) {
        String source = KIND + " " + name;
        String why = staleness();
        DeviceUsage known = usage.get(device.id());
        if (why == null && known != null) {
            return new Reading.Value<>(known, source);
        }
        return new Reading.Unavailable<>(why == null ? "it says nothing about this device" : why, source);
    }

    /** Returns why nothing is known. */
    String problem() {
        String why = staleness();
        return why == null ? "it was not asked" : why;
    }

    /** Returns why what it said last may not hold any more; null if it does. */
    private @Nullable String staleness() {
        synchronized (this) {
            if (latest != null && latest.late && !latest.isDone()) {
                return "it has not answered within " + timeout.toMillis() + " ms";
            }
        }
        return problem;
    }

    private void closeSession() {
        DeviceSession open = session;
        session = null;
        if (open != null) {
            try {
                open.close();
            } catch (Throwable e) {
                LOG.warn("device probe {} could not be closed", name, e);
            }
        }
    }

    @Override
    public void close() {
        Call last;
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            if (latest == null) {
                return;
            }
            boolean idle = latest.isDone();
            // On a thread of its own too: to close a device can hang as well. It is closed where the call ends.
            last = idle ? call(() -> {}) : latest;
            if (!idle && last.thread != null) {
                last.thread.interrupt();
            }
        }
        if (!last.await(CLOSE_TIMEOUT)) {
            LOG.warn("device probe {} does not return; its thread is left behind until it does", name);
        }
    }
}
