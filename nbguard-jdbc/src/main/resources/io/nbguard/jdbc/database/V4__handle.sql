-- What finds an execution again, as JSON: which executor launched it, and what that has kept. Rows of nbguard 0.1.0 have none;
-- their root process, in root_pid and root_start, stands for it. Those columns are written no more.
ALTER TABLE ${prefix}executions ADD COLUMN handle TEXT;
