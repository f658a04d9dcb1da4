-- A schedule that was removed stays, marked, for a while: a guard that has not heard of it must not put it back.
ALTER TABLE ${prefix}schedules ADD COLUMN removed_nanos BIGINT;

-- Which guard acts on the fires of a schedule that have come due from due_nanos on. Kept a day, or for the schedule's misfire
-- grace; of schedules that claim no more, as long as anything.
CREATE TABLE ${prefix}claims (
    schedule  VARCHAR(64) NOT NULL,
    due_nanos BIGINT NOT NULL,
    at_nanos  BIGINT NOT NULL,
    token     VARCHAR(64) NOT NULL,
    guard     TEXT,
    PRIMARY KEY (schedule, due_nanos)
) ${by_key};

-- Of an execution that a claimed fire has started: when the fire was due, and how far it is. 0: claimed; 1: its guard launches
-- it; 2: another guard has taken the fire over. NULL: no claimed fire has started it.
ALTER TABLE ${prefix}executions ADD COLUMN due_nanos BIGINT;
ALTER TABLE ${prefix}executions ADD COLUMN launch INTEGER;

CREATE INDEX ${prefix}executions_not_launched ON ${prefix}executions (seq) WHERE launch = 0 AND ended_nanos IS NULL;
CREATE INDEX ${prefix}executions_under_way ON ${prefix}executions (schedule) WHERE ended_nanos IS NULL;
