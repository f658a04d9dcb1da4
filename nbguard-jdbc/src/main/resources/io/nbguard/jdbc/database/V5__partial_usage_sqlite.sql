-- What is not known of a point is NULL: an engine may report memory and no processor use. SQLite takes NOT NULL from no column,
-- so the table is made anew.
CREATE TABLE ${prefix}usage_made_anew (
    execution   VARCHAR(64) NOT NULL,
    at_nanos    BIGINT NOT NULL,
    span_nanos  BIGINT NOT NULL,
    level       INTEGER NOT NULL,
    readings    BIGINT NOT NULL,
    memory      BIGINT,
    peak_memory BIGINT,
    cores       DOUBLE PRECISION,
    peak_cores  DOUBLE PRECISION,
    PRIMARY KEY (execution, at_nanos)
) ${by_key};
INSERT INTO ${prefix}usage_made_anew
    SELECT execution, at_nanos, span_nanos, level, readings, memory, peak_memory, cores, peak_cores FROM ${prefix}usage;
DROP TABLE ${prefix}usage;
ALTER TABLE ${prefix}usage_made_anew RENAME TO ${prefix}usage;
CREATE INDEX ${prefix}usage_level ON ${prefix}usage (level, at_nanos);
