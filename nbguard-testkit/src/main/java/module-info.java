/** Stand-ins for what nbguard's plugins talk to, for the tests of plugins and hosts. */
module io.nbguard.testkit {
    requires static org.jspecify;
    requires transitive io.nbguard.api;

    exports io.nbguard.testkit;
}
