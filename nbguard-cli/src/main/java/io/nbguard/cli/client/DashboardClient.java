package io.nbguard.cli.client;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.nbguard.api.ErrorCode;
import io.nbguard.api.GuardException;
import io.nbguard.server.json.JsonValues;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Asks a {@code serve}. Every refusal becomes a {@link GuardException} with the sentence that the host gave. For any thread. */
public final class DashboardClient {

    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration LONGEST = Duration.ofSeconds(90);

    private final String url;
    private final String token;
    private final Duration longest;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT)
            .build();

    /**
     * Makes one.
     *
     * @param url such as {@code http://127.0.0.1:8080}
     */
    public DashboardClient(String url, String token) {
        this(url, token, LONGEST);
    }

    /**
     * Makes one.
     *
     * @param url such as {@code http://127.0.0.1:8080}
     * @param longest how long an answer is waited for
     */
    public DashboardClient(String url, String token, Duration longest) {
        this.longest = longest;
        this.url = url.replaceAll("/+$", "");
        this.token = token;
    }

    /** Returns text as a part of a path or a query. */
    public static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** Gets text. */
    public String text(String path) throws InterruptedException {
        return send(request(path).GET());
    }

    /** Gets a JSON object. */
    public Map<String, @Nullable Object> get(String path) throws InterruptedException {
        return object(send(request(path).GET()));
    }

    /** Posts a JSON object, or nothing, and returns the one that is answered. */
    public Map<String, @Nullable Object> post(String path, Optional<String> json) throws InterruptedException {
        return object(postText(path, json));
    }

    /** Deletes, and returns what is answered; an empty object if nothing is. */
    public Map<String, @Nullable Object> delete(String path) throws InterruptedException {
        String body = deleteText(path);
        return body.isEmpty() ? Map.of() : object(body);
    }

    /** Deletes, and returns what is answered as it is. */
    public String deleteText(String path) throws InterruptedException {
        return send(request(path).DELETE());
    }

    /** Posts a JSON object, or nothing, and returns what is answered as it is. */
    public String postText(String path, Optional<String> json) throws InterruptedException {
        HttpRequest.Builder request = request(path);
        json.ifPresent(body -> request.header("Content-Type", "application/json"));
        return send(request.POST(
                json.map(HttpRequest.BodyPublishers::ofString).orElseGet(HttpRequest.BodyPublishers::noBody)));
    }

    private HttpRequest.Builder request(String path) {
        try {
            return HttpRequest.newBuilder(URI.create(url + path))
                    .timeout(longest)
                    .header("Authorization", "Bearer " + token);
        } catch (IllegalArgumentException e) {
            throw new GuardException(
                    ErrorCode.INVALID_REQUEST,
                    "'" + url + "' is not the address of a serve: expected one such as http://127.0.0.1:8080",
                    e);
        }
    }

    private String send(HttpRequest.Builder request) throws InterruptedException {
        HttpResponse<String> answer;
        try {
            answer = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new GuardException(
                    ErrorCode.ENVIRONMENT,
                    "no nbguard serve answers at " + url
                            + ": start one with 'nbguard serve', or say with --url where it is",
                    e);
        }
        if (answer.statusCode() >= 400) {
            throw new GuardException(code(answer.statusCode()), reason(answer));
        }
        return answer.body();
    }

    private static ErrorCode code(int status) {
        return switch (status) {
            case 400, 413, 415 -> ErrorCode.INVALID_REQUEST;
            case 404 -> ErrorCode.NOT_FOUND;
            case 409 -> ErrorCode.ILLEGAL_STATE;
            case 429 -> ErrorCode.OVERLOADED;
            default -> ErrorCode.ENVIRONMENT;
        };
    }

    private String reason(HttpResponse<String> answer) {
        try {
            if (object(answer.body()).get("error") instanceof Map<?, ?> error
                    && error.get("message") instanceof String message) {
                return message;
            }
        } catch (GuardException e) {
            // Something else answers there.
        }
        return url + " answered with status " + answer.statusCode() + ": is that an nbguard serve?";
    }

    private Map<String, @Nullable Object> object(String text) {
        try (JsonParser parser = new JsonFactory().createParser(text)) {
            if (parser.nextToken() == JsonToken.START_OBJECT) {
                return JsonValues.object(parser);
            }
        } catch (IOException e) {
            // Said below.
        }
        throw new GuardException(ErrorCode.ENVIRONMENT, url + " does not answer as an nbguard serve does");
    }

    /** Returns the objects in the field {@code items}. */
    public static List<Item> items(Map<String, @Nullable Object> page) {
        List<Item> items = new ArrayList<>();
        if (page.get("items") instanceof List<?> list) {
            list.forEach(element -> items.add(Item.of(element)));
        }
        return items;
    }
}
