package io.nbguard.spi.executor;

import io.nbguard.api.ErrorCode;
import io.nbguard.api.GuardException;

/** An execution under way was asked for what its executor cannot do; its code is {@link ErrorCode#UNSUPPORTED}. */
public final class UnsupportedFeatureException extends GuardException {

    private static final long serialVersionUID = 1L;

    private final String executor;
    private final ExecutorCapabilities.Feature feature;

    /**
     * Makes it.
     *
     * @param executor the executor's name
     * @param feature what it cannot do
     */
    public UnsupportedFeatureException(String executor, ExecutorCapabilities.Feature feature) {
        super(
                ErrorCode.UNSUPPORTED,
                "executor '" + executor + "' does not support " + feature + ": run it with one that does");
        this.executor = executor;
        this.feature = feature;
    }

    /** Returns the name of the executor that was asked. */
    public String executor() {
        return executor;
    }

    /** Returns what it cannot do. */
    public ExecutorCapabilities.Feature feature() {
        return feature;
    }
}
