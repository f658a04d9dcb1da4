/** Keeps what a guard has done in SQL: an SQLite file by default, PostgreSQL where it is shared. */
module io.nbguard.jdbc {
    requires transitive io.nbguard.api;
    requires static org.jspecify;
    requires java.sql;
    requires com.fasterxml.jackson.databind;
    requires flyway.core;
    requires org.postgresql.jdbc;
    requires org.xerial.sqlitejdbc;

    exports io.nbguard.jdbc;

    provides io.nbguard.spi.store.HistoryStore with
            io.nbguard.jdbc.JdbcHistoryStore;
}
