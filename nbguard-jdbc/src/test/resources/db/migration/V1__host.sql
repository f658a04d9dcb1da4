-- A host's own migration, at the place where Flyway looks by default.
CREATE TABLE host_orders (id INTEGER PRIMARY KEY);
