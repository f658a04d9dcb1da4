/** Small example hosts, and a sample kill policy of a third party. */
module io.nbguard.examples {
    requires io.nbguard.core;
    requires io.nbguard.server;
    requires static org.jspecify;

    provides io.nbguard.spi.policy.KillPolicy with
            io.nbguard.examples.policy.SpareTheNearlyDone;
}
