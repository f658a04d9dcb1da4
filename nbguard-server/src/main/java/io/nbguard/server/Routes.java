package io.nbguard.server;

import static io.nbguard.server.http.Access.OPERATOR;
import static io.nbguard.server.http.Access.PUBLIC;
import static io.nbguard.server.http.Access.VIEWER;

import io.nbguard.server.api.ExecutionFilesApi;
import io.nbguard.server.api.ExecutionsApi;
import io.nbguard.server.api.NodeApi;
import io.nbguard.server.api.NotebooksApi;
import io.nbguard.server.api.PlainApi;
import io.nbguard.server.api.RecordsApi;
import io.nbguard.server.api.SchedulesApi;
import io.nbguard.server.api.SessionApi;
import io.nbguard.server.api.StreamsApi;
import io.nbguard.server.http.Route;
import java.util.List;

/** Everything that the dashboard host can be asked for, but the WebSocket; {@code openapi.json} describes the same. */
record Routes(
        SessionApi session,
        NotebooksApi notebooks,
        ExecutionsApi executions,
        ExecutionFilesApi files,
        NodeApi node,
        SchedulesApi schedules,
        RecordsApi records,
        StreamsApi streams,
        PlainApi plain) {

    /** The address of the WebSocket. */
    static final String SOCKET = "/api/v1/ws";

    /** Returns the routes of the interface for programs. */
    List<Route> api() {
        return List.of(
                Route.get("/healthz", PUBLIC, session::health),
                Route.get("/api/v1/openapi.json", PUBLIC, session::description),
                Route.post("/api/v1/login", PUBLIC, "session.login", session::login),
                Route.post("/api/v1/logout", VIEWER, "session.logout", session::logout),
                Route.get("/api/v1/session", VIEWER, session::show),
                Route.get("/api/v1/notebooks", VIEWER, notebooks::list),
                Route.get("/api/v1/notebooks/{name}/parameters", VIEWER, notebooks::parameters),
                Route.post("/api/v1/executions", OPERATOR, "execution.start", executions::start),
                Route.get("/api/v1/executions", VIEWER, executions::list),
                Route.get("/api/v1/executions/{id}", VIEWER, executions::show),
                Route.delete("/api/v1/executions/{id}", OPERATOR, "execution.stop", executions::stop),
                Route.get("/api/v1/executions/{id}/log", VIEWER, files::log),
                Route.get("/api/v1/executions/{id}/notebook", VIEWER, files::notebook),
                Route.get("/api/v1/executions/{id}/view", VIEWER, files::view),
                Route.get("/api/v1/executions/{id}/usage", VIEWER, executions::usage),
                Route.get("/api/v1/node", VIEWER, node::show),
                Route.get("/api/v1/node/usage", VIEWER, node::usage),
                Route.get("/api/v1/container", VIEWER, node::former),
                Route.get("/api/v1/schedules", VIEWER, schedules::list),
                Route.post("/api/v1/schedules", OPERATOR, "schedule.add", schedules::add),
                Route.query("/api/v1/schedules/preview", VIEWER, schedules::preview),
                Route.get("/api/v1/schedules/{id}", VIEWER, schedules::show),
                Route.delete("/api/v1/schedules/{id}", OPERATOR, "schedule.remove", schedules::remove),
                Route.post("/api/v1/schedules/{id}/pause", OPERATOR, "schedule.pause", schedules::pause),
                Route.post("/api/v1/schedules/{id}/resume", OPERATOR, "schedule.resume", schedules::resume),
                Route.post("/api/v1/schedules/{id}/run", OPERATOR, "schedule.run", schedules::run),
                Route.get("/api/v1/events", VIEWER, records::events),
                Route.get("/api/v1/kills", VIEWER, records::kills),
                Route.get("/api/v1/audit", OPERATOR, records::audit),
                Route.get("/api/v1/history", VIEWER, records::health),
                Route.get("/api/v1/stream", VIEWER, streams::stream),
                Route.post("/notebooks/run/{name}", OPERATOR, "execution.start", plain::run),
                Route.delete("/notebooks/stop/{name}", OPERATOR, "execution.stop", plain::stop),
                Route.get("/stats", VIEWER, plain::stats),
                Route.post("/scheduler/add", OPERATOR, "schedule.add", schedules::add));
    }

    /** Returns the routes of the page. */
    List<Route> page() {
        return List.of(
                Route.get("/", PUBLIC, PageFiles::index),
                Route.get("/page/<path>", PUBLIC, PageFiles::page),
                Route.get("/webjars/<path>", PUBLIC, PageFiles::library));
    }
}
