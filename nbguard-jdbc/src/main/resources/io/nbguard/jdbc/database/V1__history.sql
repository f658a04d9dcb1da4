-- Times are nanoseconds since 1970-01-01T00:00:00Z, spans nanoseconds. Texts by which rows are found are cut short where
-- they are very long (an index takes no more); the whole then stands in the JSON, or in a column of its own.

-- An execution that has not ended has no ended_nanos.
CREATE TABLE ${prefix}executions (
    seq             ${serial},
    id              VARCHAR(64) NOT NULL,
    notebook        TEXT NOT NULL,
    owner           TEXT,
    schedule        VARCHAR(64),
    state           VARCHAR(16) NOT NULL,
    status          VARCHAR(16) NOT NULL,
    reason          VARCHAR(32),
    submitted_nanos BIGINT NOT NULL,
    started_nanos   BIGINT,
    ended_nanos     BIGINT,
    record          TEXT NOT NULL,
    request         TEXT NOT NULL,
    guard           TEXT,
    root_pid        BIGINT,
    root_start      BIGINT
);
CREATE UNIQUE INDEX ${prefix}executions_id ON ${prefix}executions (id);
CREATE INDEX ${prefix}executions_time ON ${prefix}executions (submitted_nanos, seq);
CREATE INDEX ${prefix}executions_notebook ON ${prefix}executions (notebook, submitted_nanos, seq);
CREATE INDEX ${prefix}executions_status ON ${prefix}executions (status, submitted_nanos, seq);
CREATE INDEX ${prefix}executions_owner ON ${prefix}executions (owner, submitted_nanos, seq);
CREATE INDEX ${prefix}executions_schedule ON ${prefix}executions (schedule, submitted_nanos, seq);
CREATE INDEX ${prefix}executions_ended ON ${prefix}executions (ended_nanos);

-- What was used; the container's rows have '' as execution. The level says how far a row has been thinned out:
-- 0 as it was read, 1 to 3 by its age.
CREATE TABLE ${prefix}usage (
    execution   VARCHAR(64) NOT NULL,
    at_nanos    BIGINT NOT NULL,
    span_nanos  BIGINT NOT NULL,
    level       INTEGER NOT NULL,
    readings    BIGINT NOT NULL,
    memory      BIGINT NOT NULL,
    peak_memory BIGINT NOT NULL,
    cores       DOUBLE PRECISION NOT NULL,
    peak_cores  DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (execution, at_nanos)
) ${by_key};
CREATE INDEX ${prefix}usage_level ON ${prefix}usage (level, at_nanos);

-- The digest is of the whole row: an event that is written again, because nobody knew whether it had been, is one event.
CREATE TABLE ${prefix}events (
    seq            ${serial},
    at_nanos       BIGINT NOT NULL,
    digest         BIGINT NOT NULL,
    type           TEXT NOT NULL,
    execution      VARCHAR(64),
    notebook       TEXT,
    whole_notebook TEXT,
    message        TEXT NOT NULL
);
CREATE UNIQUE INDEX ${prefix}events_once ON ${prefix}events (at_nanos, digest);
CREATE INDEX ${prefix}events_time ON ${prefix}events (at_nanos, seq);
CREATE INDEX ${prefix}events_execution ON ${prefix}events (execution, at_nanos, seq);
CREATE INDEX ${prefix}events_notebook ON ${prefix}events (notebook, at_nanos, seq);
CREATE INDEX ${prefix}events_type ON ${prefix}events (type, at_nanos, seq);

CREATE TABLE ${prefix}schedules (
    seq             ${serial},
    id              VARCHAR(64) NOT NULL,
    state           VARCHAR(16) NOT NULL,
    next_fire_nanos BIGINT,
    schedule        TEXT NOT NULL
);
CREATE UNIQUE INDEX ${prefix}schedules_id ON ${prefix}schedules (id);

CREATE TABLE ${prefix}audit (
    seq      ${serial},
    at_nanos BIGINT NOT NULL,
    digest   BIGINT NOT NULL,
    actor    TEXT NOT NULL,
    origin   TEXT NOT NULL,
    action   TEXT NOT NULL,
    target   TEXT NOT NULL,
    outcome  TEXT NOT NULL
);
CREATE UNIQUE INDEX ${prefix}audit_once ON ${prefix}audit (at_nanos, digest);
CREATE INDEX ${prefix}audit_time ON ${prefix}audit (at_nanos, seq);
