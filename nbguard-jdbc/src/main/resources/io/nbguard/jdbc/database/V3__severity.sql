-- How much an event matters: INFO, WARNING or CRITICAL. Of events that are there already it is told from what they say.
ALTER TABLE ${prefix}events ADD COLUMN severity VARCHAR(16) NOT NULL DEFAULT 'INFO';

UPDATE ${prefix}events SET severity = 'CRITICAL'
    WHERE type IN ('EmergencyShutdown', 'KillUnconfirmed')
       OR (type = 'KernelOomKill' AND execution IS NOT NULL)
       OR (type = 'Terminated' AND message NOT LIKE 'OOM Prevention (dry run)%');

UPDATE ${prefix}events SET severity = 'WARNING'
    WHERE type IN ('KillWithheld', 'LimitChanged', 'LoopLagged', 'LoopRestarted', 'ReadingDegraded', 'HistoryDegraded',
                  'EventsDropped', 'PluginMisbehaved', 'ScheduleNotRestored', 'ScheduleSkipped', 'WatchdogMoved')
       OR (type = 'Terminated' AND message LIKE 'OOM Prevention (dry run)%')
       OR (type = 'RungChanged' AND message NOT LIKE '%-> NORMAL%')
       OR (type = 'ExecutionChanged'
           AND (message LIKE '%] FAILED%' OR message LIKE '%] KILLED%' OR message LIKE '%] LOST%'));
