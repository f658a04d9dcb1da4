package io.nbguard.server.http;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import io.nbguard.api.history.AuditRecord;
import io.nbguard.server.access.Caller;
import io.nbguard.server.access.Role;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Takes requests to their routes: through the gate, with an eye on the size, and with a line in the audit log. */
public final class Dispatcher {

    private static final int LONGEST_TEXT = 500;

    private final Gate gate;
    private final Consumer<AuditRecord> audit;
    private final RefusalCount refusals;

    /**
     * Makes it.
     *
     * @param audit takes each requested change, its caller and its result
     * @param refusals takes what would be too many records
     */
    public Dispatcher(Gate gate, Consumer<AuditRecord> audit, RefusalCount refusals) {
        this.gate = gate;
        this.audit = audit;
        this.refusals = refusals;
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
        Exchange exchange = new Exchange(context, null);
        try {
            RequestHead head = RequestHead.of(context.req());
            gate.mustBeOurHost(head);
            Optional<Role> needed = route.access().role();
            if (needed.isPresent()) {
                caller = gate.identify(head);
                exchange = new Exchange(context, caller);
                gate.mayUse(head, caller, needed.get());
            }
            route.action().handle(exchange);
            Optional<Exchange.Later> later = exchange.later();
            if (later.isPresent()) {
                answerLater(route, context, exchange, caller, later.get());
            } else {
                record(route, exchange, caller, "accepted");
            }
        } catch (Exception e) {
            Refusal refusal = Failures.refusal(e);
            refused(route, exchange, caller, refusal);
            throw refusal;
        }
    }

    private void answerLater(
            Route route, Context context, Exchange exchange, @Nullable Caller caller, Exchange.Later later) {
        if (!(context.req().getAttribute(Intake.PLACE) instanceof Intake.Place place)) {
            throw new IllegalStateException("a request came past the intake");
        }
        context.future(() -> {
            place.leave().run();
            return later.end()
                    .handleAsync(
                            (result, failure) -> {
                                end(route, context, exchange, caller, later.action());
                                return result;
                            },
                            work -> {
                                try {
                                    place.threads().execute(work);
                                } catch (RejectedExecutionException e) {
                                    // The server is being closed: nothing is answered any more, but what was done is
                                    // recorded.
                                    work.run();
                                }
                            });
        });
    }

    private void end(Route route, Context context, Exchange exchange, @Nullable Caller caller, Exchange.Action action) {
        try {
            action.handle(exchange);
            record(route, exchange, caller, "accepted");
        } catch (Exception e) {
            Refusal refusal = Failures.refusal(e);
            refused(route, exchange, caller, refusal);
            Failures.answer(context, refusal);
        }
    }

    private void refused(Route route, Exchange exchange, @Nullable Caller caller, Refusal refusal) {
        if (caller == null || refusal.status() == 429) {
            refusals.add(actor(caller), exchange.address(), refusal.code());
        } else {
            record(route, exchange, caller, refusal.code() + ": " + refusal.reason());
        }
    }

    private static String actor(@Nullable Caller caller) {
        return caller == null ? "nobody" : caller.role().text();
    }

    private void record(Route route, Exchange exchange, @Nullable Caller caller, String outcome) {
        route.audit()
                .ifPresent(action -> audit.accept(new AuditRecord(
                        Instant.now(),
                        actor(caller),
                        exchange.address(),
                        action,
                        shortened(exchange.target()),
                        shortened(outcome))));
    }

    /** The target and the outcome contain what unauthenticated callers send: bounded for the log, and on one line. */
    private static String shortened(String text) {
        String line = text.replaceAll("\\p{Cntrl}", "?");
        return line.length() > LONGEST_TEXT ? line.substring(0, LONGEST_TEXT) + "…" : line;
    }
}
