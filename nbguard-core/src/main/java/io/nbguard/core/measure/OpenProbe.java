package io.nbguard.core.measure;

import io.nbguard.spi.probe.ProbeSession;

/**
 * An open probe and the name of what opened it.
 *
 * @param name its plugin's name; one that begins with {@code nbguard-} is nbguard's own
 * @param session the open probe
 */
public record OpenProbe(String name, ProbeSession session) {

    private static final String OWN = "nbguard-";

    /** Returns a probe that is nbguard's own. */
    public static OpenProbe own(ProbeSession session) {
        return new OpenProbe(OWN + "probe", session);
    }

    /** Returns whether it is nbguard's own, and is called on the sampling thread itself. */
    boolean isOwn() {
        return name.startsWith(OWN);
    }
}
