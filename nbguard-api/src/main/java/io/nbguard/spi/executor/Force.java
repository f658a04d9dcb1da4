package io.nbguard.spi.executor;

/** How hard a stop pushes (spec A4). */
public enum Force {
    /** As a person at the keyboard would (SIGINT): a cell can save its work. */
    INTERRUPT,
    /** As a shutdown would (SIGTERM). */
    TERMINATE,
    /** By force; repeated until it is dead. */
    KILL
}
