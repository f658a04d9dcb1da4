package org.example.plugins;

import io.nbguard.spi.PluginConfig;
import io.nbguard.spi.Setting;
import io.nbguard.spi.UnavailableException;
import io.nbguard.spi.probe.Gauge;
import io.nbguard.spi.probe.NodeGauges;
import io.nbguard.spi.probe.ProbeSession;
import io.nbguard.spi.probe.ResourceProbe;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A resource probe of a host: reads a node of a size that a setting says. */
public final class OwnProbe implements ResourceProbe {

    /** The node's memory. */
    public static final Setting<io.nbguard.api.measure.ByteSize> SIZE =
            Setting.size("own.size", "How much memory the node has.").usually("1g");

    /** The thread that opened it. */
    public volatile @Nullable Thread openedBy;

    /** Whether it was closed. */
    public volatile boolean closed;

    private final String name;
    private final boolean works;

    /** Makes one. */
    public OwnProbe(String name, boolean works) {
        this.name = name;
        this.works = works;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int preference() {
        return 0;
    }

    @Override
    public List<Setting<?>> settings() {
        return List.of(SIZE);
    }

    @Override
    public ProbeSession open(PluginConfig configuration) throws UnavailableException {
        if (!works) {
            throw new UnavailableException("there is no such node", "start it");
        }
        openedBy = Thread.currentThread();
        long limit = configuration.get(SIZE).bytes();
        return new ProbeSession() {
            @Override
            public void sample(NodeGauges into) {
                sampleMemory(into);
                into.set(Gauge.MEMORY_LIMIT, limit, "own");
            }

            @Override
            public void sampleMemory(NodeGauges into) {
                into.set(Gauge.MEMORY_CURRENT, limit / 4, "own");
            }

            @Override
            public String description() {
                return "a node of the host's own";
            }

            @Override
            public void close() {
                closed = true;
            }
        };
    }
}
