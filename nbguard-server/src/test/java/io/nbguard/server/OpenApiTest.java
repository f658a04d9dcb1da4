package io.nbguard.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import io.nbguard.server.http.Route;
import io.nbguard.server.json.JsonValues;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The description of the interface, against the interface. */
class OpenApiTest {

    private static final Set<String> METHODS = Set.of("get", "post", "delete", "put", "patch");

    @TempDir
    Path folder;

    private ServeWorld world;
    private Map<?, ?> description = Map.of();

    @BeforeEach
    void open() throws IOException {
        world = ServeWorld.open(folder);
        world.write("ok.ipynb", "x = 1  # how many");
        try (JsonParser parser = new JsonFactory()
                .createParser(world.ask("GET", "/api/v1/openapi.json").body())) {
            parser.nextToken();
            description = JsonValues.object(parser);
        }
    }

    @AfterEach
    void close() {
        world.close();
    }

    private static Map<?, ?> map(Object value) {
        return value instanceof Map<?, ?> map ? map : Map.of();
    }

    @Test
    void describesEveryRouteAndNoOther() {
        Set<String> described = new TreeSet<>();
        map(description.get("paths")).forEach((path, operations) -> map(operations).keySet().stream()
                .map(String::valueOf)
                .filter(METHODS::contains)
                .forEach(method -> described.add(method.toUpperCase(Locale.ROOT) + " " + path)));
        Set<String> registered = new TreeSet<>(Set.of("GET " + Routes.SOCKET));
        for (Route route : world.server.api()) {
            registered.add(route.method() + " " + route.path());
        }

        assertThat(described).isEqualTo(registered);
    }

    @Test
    void everyReferenceLeadsSomewhere() {
        assertThat(references(description)).isNotEmpty().allSatisfy(reference -> {
            Object at = description;
            for (String part : reference.substring(2).split("/")) {
                at = map(at).get(part);
            }
            assertThat(at).as(reference).isNotNull();
        });
    }

    private static Set<String> references(Object value) {
        Set<String> found = new TreeSet<>();
        if (value instanceof Map<?, ?> map) {
            if (map.get("$ref") instanceof String reference) {
                found.add(reference);
            }
            map.values().forEach(member -> found.addAll(references(member)));
        } else if (value instanceof List<?> list) {
            list.forEach(element -> found.addAll(references(element)));
        }
        return found;
    }

    @Test
    void answersHaveTheFieldsThatAreDescribed() throws IOException {
        String request =
                "{\"notebook\":\"ok.ipynb\",\"parameters\":{\"x\":[1,null]},\"memory\":\"1g\",\"tags\":[\"a\"]}";
        String schedule =
                "{\"id\":\"hourly\",\"trigger\":\"interval\",\"expression\":\"PT1H\",\"request\":" + request + "}";
        RawHttp.Answer started = world.ask("POST", "/api/v1/executions", request);
        String execution = "/api/v1/executions/" + started.json().get("id");

        check("POST", "/api/v1/executions", started);
        check("GET", "/api/v1/executions/{id}", world.ask("GET", execution));
        check("POST", "/api/v1/schedules", world.ask("POST", "/api/v1/schedules", schedule));
        check("POST", "/api/v1/schedules/preview", world.ask("POST", "/api/v1/schedules/preview", schedule));
        check("POST", "/api/v1/schedules/{id}/run", world.ask("POST", "/api/v1/schedules/hourly/run"));
        check("POST", "/api/v1/schedules/{id}/pause", world.ask("POST", "/api/v1/schedules/hourly/pause"));
        check("GET", "/api/v1/schedules/{id}", world.ask("GET", "/api/v1/schedules/hourly"));
        check("GET", "/stats", world.ask("GET", "/stats"));
        for (String path : List.of(
                "/healthz",
                "/api/v1/session",
                "/api/v1/notebooks",
                "/api/v1/executions",
                "/api/v1/node",
                "/api/v1/node/usage",
                "/api/v1/container", // the node's former address
                "/api/v1/schedules",
                "/api/v1/events",
                "/api/v1/kills",
                "/api/v1/audit",
                "/api/v1/history")) {
            check("GET", path, world.ask("GET", path));
        }
        check("GET", "/api/v1/notebooks/{name}/parameters", world.ask("GET", "/api/v1/notebooks/ok.ipynb/parameters"));
        check("GET", "/api/v1/executions/{id}/usage", world.ask("GET", execution + "/usage"));
        check("DELETE", "/api/v1/executions/{id}", world.ask("DELETE", execution + "?wait=true"));
        check("DELETE", "/notebooks/stop/{name}", world.ask("DELETE", "/notebooks/stop/ok.ipynb"));
    }

    private void check(String method, String path, RawHttp.Answer answer) {
        Object operation = map(map(description.get("paths")).get(path)).get(method.toLowerCase(Locale.ROOT));
        Object response = map(map(operation).get("responses")).get(Integer.toString(answer.status()));
        assertThat(response)
                .as("%s %s is answered with %s", method, path, answer)
                .isNotNull();
        Object content = map(map(response).get("content")).get("application/json");
        fits(map(map(content).get("schema")), answer.json(), method + " " + path);
    }

    private void fits(Map<?, ?> schema, Object value, String where) {
        if (schema.get("$ref") instanceof String reference) {
            fits(
                    map(map(map(description.get("components")).get("schemas")).get(reference.replaceFirst(".*/", ""))),
                    value,
                    where);
            return;
        }
        if (schema.get("allOf") instanceof List<?> all) {
            all.forEach(part -> fits(map(part), value, where));
        }
        if (schema.get("required") instanceof List<?> names) {
            assertThat(map(value).keySet())
                    .as(where)
                    .extracting(String::valueOf)
                    .containsAll(names.stream().map(String::valueOf).toList());
        }
        map(schema.get("properties")).forEach((name, property) -> {
            if (map(value).get(name) != null) {
                fits(map(property), map(value).get(name), where + " " + name);
            }
        });
        if (schema.get("items") instanceof Map<?, ?> element && value instanceof List<?> list) {
            list.forEach(one -> fits(element, one, where + "[]"));
        }
    }
}
