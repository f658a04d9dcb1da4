package io.nbguard.server.http;

import io.javalin.http.Context;
import io.nbguard.server.access.Caller;
import io.nbguard.server.json.JsonText;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** One request and its answer, as a resource sees it. For the thread that handles the request. */
public final class Exchange {

    private static final int SMALL = 64 << 10;

    private final Context context;
    private final @Nullable Caller caller;
    private final HeapBudget.@Nullable Share share;
    private String target;
    private @Nullable Later later;

    /** Answers a request. */
    @FunctionalInterface
    public interface Action {

        /** Answers; what it throws becomes an answer too (see {@link Failures}). */
        void handle(Exchange exchange) throws Exception;
    }

    /**
     * How a request is answered when something has ended.
     *
     * @param end completes then, on any thread, with whatever
     * @param action answers
     */
    record Later(CompletableFuture<?> end, Action action) {}

    /**
     * Makes it.
     *
     * @param caller the authenticated caller; null on a public route
     */
    public Exchange(Context context, @Nullable Caller caller) {
        this.context = context;
        this.caller = caller;
        share = context.req().getAttribute(Intake.SHARE) instanceof HeapBudget.Share own ? own : null;
        target = context.path();
    }

    /**
     * Reserves so much of the heap that requests may hold for this request, until it is answered. Small ones are not counted:
     * there are only so many threads.
     *
     * @throws Refusal (503) if others hold it
     */
    public void hold(long bytes) {
        if (share != null && bytes > SMALL) {
            share.await(bytes);
        }
    }

    /**
     * Answers the request by {@code action} when {@code end} has completed, normally or not. Until then it holds neither a
     * thread nor a place; to be called last.
     */
    public void later(CompletableFuture<?> end, Action action) {
        later = new Later(end, action);
    }

    /** Returns how the request is answered later, if it is. */
    Optional<Later> later() {
        return Optional.ofNullable(later);
    }

    /** Returns the authenticated caller; empty on a public route. */
    public Optional<Caller> caller() {
        return Optional.ofNullable(caller);
    }

    /** Returns the address that the request came from. */
    public String address() {
        return String.valueOf(context.req().getRemoteAddr());
    }

    /** Returns whether the request came over TLS. */
    public boolean isSecure() {
        return context.req().isSecure();
    }

    /** Returns a part of the path, decoded. */
    public String path(String name) {
        return context.pathParam(name);
    }

    /** Returns what follows the question mark. */
    public QueryFields query() {
        return QueryFields.of(context.req().getQueryString());
    }

    /** Says what the request is about, for the audit log; before anything can go wrong with it. */
    public void about(String what) {
        target = what;
    }

    /** Returns what the request is about; its path, unless {@link #about} was called. */
    public String target() {
        return target;
    }

    /**
     * Returns the JSON object that was sent.
     *
     * @throws Refusal if it is none, or not announced as JSON
     */
    public JsonFields body() {
        return optionalBody().orElseThrow(() -> Refusal.badRequest("the request has no body: expected a JSON object"));
    }

    /**
     * Returns the JSON object that was sent, if something was.
     *
     * @throws Refusal as {@link #body}
     */
    public Optional<JsonFields> optionalBody() {
        byte[] bytes = RequestBody.of(context.req());
        if (bytes.length == 0) {
            return Optional.empty();
        }
        hold(JsonBody.memory(bytes.length));
        RequestBody.mustBeJson(context.req());
        return Optional.of(JsonFields.of("the request", JsonBody.object(bytes)));
    }

    /** Sets a header of the answer. */
    public void header(String name, String value) {
        context.res().setHeader(name, value);
    }

    /** Answers with a status and nothing else. */
    public void empty(int status) {
        context.status(status);
    }

    /** Answers with a JSON object. */
    public void json(int status, JsonText.Fields fields) {
        json(status, JsonText.object(fields));
    }

    /** Answers with JSON. */
    public void json(int status, String json) {
        hold(2L * json.length());
        context.status(status);
        context.contentType("application/json");
        context.result(json.getBytes(StandardCharsets.UTF_8));
    }

    /** Answers with text. */
    public void text(String text) {
        hold(2L * text.length());
        context.contentType("text/plain; charset=utf-8");
        context.result(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Answers with a file's bytes; closes {@code in} when all is sent. */
    public void stream(String contentType, InputStream in) {
        context.contentType(contentType);
        context.result(in);
    }

    /** Returns where the answer's bytes can be written to as they come, past everything that would buffer them. */
    public OutputStream unbuffered(String contentType) throws IOException {
        context.res().setContentType(contentType);
        return context.res().getOutputStream();
    }

    /** Returns a cookie of the request. */
    public Optional<String> cookie(String name) {
        return Optional.ofNullable(context.cookie(name));
    }

    /** Returns a header of the request. */
    public Optional<String> requestHeader(String name) {
        return Optional.ofNullable(context.req().getHeader(name));
    }
}
