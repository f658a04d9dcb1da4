package io.nbguard.examples.serve.http;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import io.nbguard.api.AuditRecord;
import io.nbguard.examples.serve.access.Caller;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Takes requests to their routes: through the gate, with an eye on the size, and with a line in the audit log. */
public final class Dispatcher {

    private static final int LONGEST_TEXT = 500;

    private final Gate gate;
    private final Consumer<AuditRecord> audit;
    private final int largestBody;

    /**
     * Makes it.
     *
     * @param audit takes who asked for what change, and what came of it
     * @param largestBody how many bytes a body may have
     */
    public Dispatcher(Gate gate, Consumer<AuditRecord> audit, int largestBody) {
        this.gate = gate;
        this.audit = audit;
        this.largestBody = largestBody;
    }

    /** Registers all routes, and what happens when one fails. */
    public void register(RoutesConfig config, List<Route> routes) {
        for (Route route : routes) {
            switch (route.method()) {
                case "GET" -> config.get(route.path(), context -> handle(route, context));
                case "POST" -> config.post(route.path(), context -> handle(route, context));
                case "DELETE" -> config.delete(route.path(), context -> handle(route, context));
                default -> throw new IllegalArgumentException("no route is known by " + route.method());
            }
        }
        config.exception(Exception.class, (thrown, context) -> Failures.answer(context, thrown));
        // Known to the server itself, which would answer in another form.
        config.exception(HttpResponseException.class, (thrown, context) -> Failures.answer(context, thrown));
    }

    private void handle(Route route, Context context) throws Exception {
        Caller caller = null;
        Exchange exchange = new Exchange(context, null, largestBody);
        try {
            RequestBody.refuseIfTooLarge(context.req(), largestBody);
            caller = gate.admit(context.req(), route.access());
            exchange = new Exchange(context, caller, largestBody);
            route.action().handle(exchange);
            record(route, exchange, caller, "accepted");
        } catch (Exception e) {
            Refusal refusal = Failures.refusal(e);
            record(route, exchange, caller, refusal.code() + ": " + refusal.reason());
            throw refusal;
        }
    }

    private void record(Route route, Exchange exchange, @Nullable Caller caller, String outcome) {
        route.audit()
                .ifPresent(action -> audit.accept(new AuditRecord(
                        Instant.now(),
                        caller == null ? "nobody" : caller.role().text(),
                        exchange.address(),
                        action,
                        shortened(exchange.target()),
                        shortened(outcome))));
    }

    /** What strangers send goes into the log: bounded, and on one line. */
    private static String shortened(String text) {
        String line = text.replaceAll("\\p{Cntrl}", "?");
        return line.length() > LONGEST_TEXT ? line.substring(0, LONGEST_TEXT) + "…" : line;
    }
}
