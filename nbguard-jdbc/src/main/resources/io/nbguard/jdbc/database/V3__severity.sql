-- How much an event matters: INFO, WARNING or CRITICAL. Events that an older nbguard has written, or still writes beside this
-- one, have none: it is told from what they say when they are read.
ALTER TABLE ${prefix}events ADD COLUMN severity VARCHAR(16);
