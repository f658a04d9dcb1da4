package io.nbguard.cgroup.node;

import io.nbguard.cgroup.kernel.KernelText;
import io.nbguard.spi.probe.Gauge;
import io.nbguard.spi.probe.NodeGauges;
import java.io.Closeable;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Pressure stall information: the share of the last 10 s in which some task waited (Documentation/accounting/psi.rst). */
final class PressureFile implements Closeable {

    private static final Key SOME = new Key("some");
    private static final byte[] AVG10 = "avg10=".getBytes(StandardCharsets.US_ASCII);
    private static final long MILLIONTHS_PER_PERCENT = 10_000;
    private static final String NO_PSI = "no such file (the kernel was started without psi=1, or the cgroup has none)";

    private final WatchedFile file;
    private final Gauge gauge;

    PressureFile(Path path, String kind, Gauge gauge, WatchedFile.Desk desk) {
        this.file = new WatchedFile(path, kind, desk);
        this.gauge = gauge;
    }

    /** Reads it into its gauge. */
    void sample(NodeGauges into) {
        if (!file.read()) {
            if (file.isAbsent()) {
                into.unavailable(gauge, NO_PSI, file.source());
            } else {
                file.reportUnreadable(gauge, into);
            }
            return;
        }
        long millionths = someAvg10(file.text());
        if (millionths < 0) {
            into.unavailable(gauge, WatchedFile.MALFORMED, file.source());
        } else {
            into.set(gauge, millionths, file.source());
        }
    }

    /** Returns {@code some avg10}, a percentage of two decimals, in millionths; -1 if it is not there. */
    private static long someAvg10(KernelText text) {
        if (!text.seekKey(SOME.bytes()) || !text.startsWith(AVG10)) {
            return -1;
        }
        text.position(text.position() + AVG10.length);
        long percent = text.parseLongOr(-1);
        if (percent < 0 || percent > 100) {
            return -1;
        }
        long millionths = percent * MILLIONTHS_PER_PERCENT;
        int at = text.position();
        if (at < text.length() && text.byteAt(at) == '.') {
            long unit = MILLIONTHS_PER_PERCENT / 10;
            for (at++; at < text.length() && text.byteAt(at) >= '0' && text.byteAt(at) <= '9'; at++) {
                millionths += unit * (text.byteAt(at) - '0');
                unit /= 10;
            }
        }
        return millionths;
    }

    @Override
    public void close() {
        file.close();
    }
}
