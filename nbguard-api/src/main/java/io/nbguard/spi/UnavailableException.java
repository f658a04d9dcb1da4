package io.nbguard.spi;

/** This plugin cannot work on this machine. Not a fault: the next best is tried, and the reason is shown to the user. */
public final class UnavailableException extends Exception {

    private static final long serialVersionUID = 1L;

    private final String cure;

    /**
     * Makes one.
     *
     * @param reason why, for a person
     * @param cure what that person can do about it; may be empty
     */
    public UnavailableException(String reason, String cure) {
        super(reason);
        this.cure = cure;
    }

    /** Returns what can be done about it; empty if nothing. */
    public String cure() {
        return cure;
    }
}
