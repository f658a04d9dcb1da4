package io.nbguard.jdbc;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.ScheduleId;
import io.nbguard.api.event.EventRecord;
import io.nbguard.api.execution.ExecutionRecord;
import io.nbguard.api.history.AuditRecord;
import io.nbguard.api.history.HistoryPage;
import io.nbguard.api.history.HistoryQuery;
import io.nbguard.api.history.UsagePoint;
import io.nbguard.jdbc.database.Connections;
import io.nbguard.jdbc.database.Database;
import io.nbguard.jdbc.table.AuditTable;
import io.nbguard.jdbc.table.ClaimTable;
import io.nbguard.jdbc.table.EventTable;
import io.nbguard.jdbc.table.ExecutionTable;
import io.nbguard.jdbc.table.Retention;
import io.nbguard.jdbc.table.ScheduleTable;
import io.nbguard.jdbc.table.UsageTable;
import io.nbguard.jdbc.table.UsageThinning;
import io.nbguard.spi.store.FireAnswer;
import io.nbguard.spi.store.FireClaim;
import io.nbguard.spi.store.FireStart;
import io.nbguard.spi.store.FireTakeover;
import io.nbguard.spi.store.HistoryEntry;
import io.nbguard.spi.store.HistorySession;
import io.nbguard.spi.store.StoredExecution;
import io.nbguard.spi.store.StoredSchedule;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The open store: every call is a transaction of its own on one of its connections. */
final class JdbcHistorySession implements HistorySession {

    private final Database database;
    private final String prefix;
    private final Connections connections;
    private final ExecutionTable executions;
    private final UsageTable usage;
    private final EventTable events;
    private final ScheduleTable schedules;
    private final ClaimTable claims;
    private final AuditTable audit;
    private final UsageThinning thinning;
    private final Retention retention;

    JdbcHistorySession(Database database, String prefix, Duration keep, int most) {
        this.database = database;
        this.prefix = prefix;
        connections = new Connections(database);
        executions = new ExecutionTable(prefix);
        usage = new UsageTable(prefix);
        events = new EventTable(prefix);
        schedules = new ScheduleTable(prefix, database);
        claims = new ClaimTable(prefix);
        audit = new AuditTable(prefix);
        thinning = new UsageThinning(usage);
        retention = new Retention(prefix, executions, usage, schedules, claims, keep, most);
    }

    @Override
    public String description() {
        return database.description() + ", tables " + prefix + "…";
    }

    @Override
    public void write(List<HistoryEntry> entries) throws IOException {
        if (entries.isEmpty()) {
            return;
        }
        EntryBatch batch = EntryBatch.of(entries);
        connections.write(connection -> {
            executions.write(connection, batch.executions());
            usage.write(connection, batch.usage());
            events.write(connection, batch.events());
            audit.write(connection, batch.audit());
            // Two guards that each wait for a schedule that the other has locked would wait for ever.
            for (ScheduleId id : batch.schedules()) {
                schedules.locked(connection, id);
            }
            for (HistoryEntry change : batch.scheduleChanges()) {
                if (change instanceof HistoryEntry.OfSchedule entry) {
                    schedules.write(connection, entry.schedule());
                } else if (change instanceof HistoryEntry.ScheduleRemoved entry) {
                    schedules.remove(connection, entry);
                }
            }
            return true;
        });
    }

    @Override
    public FireAnswer claim(FireClaim claim) throws IOException {
        ScheduleId id = claim.schedule().schedule().id();
        return connections.write(connection -> {
            // Locked first: claims of one schedule come one after the other.
            Optional<StoredSchedule> there = schedules.locked(connection, id);
            Optional<String> token = claims.token(connection, claim);
            FireAnswer answer = claim.judge(there, token, executions.underWay(connection, id));
            if (!(answer instanceof FireAnswer.Claimed) || token.isPresent()) {
                return answer;
            }
            claims.add(connection, claim);
            executions.writeClaimed(connection, claim.starts());
            schedules.write(connection, there, claim.schedule());
            return answer;
        });
    }

    @Override
    public boolean launching(ExecutionId execution) throws IOException {
        return connections.write(connection -> executions.launching(connection, execution));
    }

    @Override
    public List<FireStart> notLaunched() throws IOException {
        return connections.read(executions::notLaunched);
    }

    @Override
    public boolean takeOver(FireTakeover takeover) throws IOException {
        Optional<ExecutionId> successor =
                takeover.successor().map(start -> start.execution().record().id());
        return connections.write(connection -> {
            if (successor.isPresent()
                    && executions.find(connection, successor.get()).isPresent()) {
                return true;
            }
            if (!executions.takeOver(connection, takeover.ended().record().id())) {
                return false;
            }
            executions.write(connection, List.of(takeover.ended()));
            executions.writeClaimed(connection, takeover.successor().stream().toList());
            events.write(connection, takeover.events());
            return true;
        });
    }

    @Override
    public boolean reassign(ExecutionId execution, String from, String to) throws IOException {
        return connections.write(connection -> executions.reassign(connection, execution, from, to));
    }

    @Override
    public void maintain(Instant now) throws IOException {
        inSteps(connection -> thinning.step(connection, now));
        inSteps(connection -> retention.step(connection, now));
    }

    /** One part of the upkeep. */
    @FunctionalInterface
    private interface Step {
        boolean isMoreAfter(Connection connection) throws SQLException;
    }

    /** Many short transactions instead of one long one: no other writer waits for all of it. */
    private void inSteps(Step step) throws IOException {
        boolean more = true;
        while (more) {
            more = connections.write(
                    connection -> database.lockForMaintenance(connection) && step.isMoreAfter(connection));
        }
    }

    @Override
    public List<StoredExecution> unfinished() throws IOException {
        return connections.read(executions::unfinished);
    }

    @Override
    public List<StoredSchedule> schedules() throws IOException {
        return connections.read(schedules::all);
    }

    @Override
    public HistoryPage<ExecutionRecord> executions(HistoryQuery query) throws IOException {
        return connections.read(connection -> executions.page(connection, query));
    }

    @Override
    public Optional<StoredExecution> execution(ExecutionId id) throws IOException {
        return connections.read(connection -> executions.find(connection, id));
    }

    @Override
    public List<UsagePoint> usage(Optional<ExecutionId> id, Instant since, Instant until, int mostPoints)
            throws IOException {
        return connections.read(connection -> usage.read(connection, id, since, until, mostPoints));
    }

    @Override
    public HistoryPage<EventRecord> events(HistoryQuery query) throws IOException {
        return connections.read(connection -> events.page(connection, query));
    }

    @Override
    public HistoryPage<AuditRecord> audit(HistoryQuery query) throws IOException {
        return connections.read(connection -> audit.page(connection, query));
    }

    @Override
    public void close() {
        connections.close();
    }
}
