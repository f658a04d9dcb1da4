package io.nbguard.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How much is sent, and how often: compressed for those who can read that, and what cannot change is not asked for again. */
class CompressionTest {

    private static final Pattern VERSIONED = Pattern.compile("\"(/page/v-[0-9a-f-]+/js/main.js)\"");

    @TempDir
    Path folder;

    private final HttpClient client = HttpClient.newHttpClient();
    private ServeWorld world;

    @BeforeEach
    void open() throws IOException {
        world = ServeWorld.open(folder);
        for (int i = 0; i < 40; i++) {
            world.write("notebook-" + i + ".ipynb", "x = 1");
        }
    }

    @AfterEach
    void close() {
        world.close();
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + world.port() + path))
                .header("Authorization", "Bearer " + ServeWorld.OPERATOR);
    }

    private HttpResponse<byte[]> get(String path, String encodings) throws IOException, InterruptedException {
        HttpRequest.Builder request = request(path);
        if (!encodings.isEmpty()) {
            request.header("Accept-Encoding", encodings);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    private static Optional<String> header(HttpResponse<?> answer, String name) {
        return answer.headers().firstValue(name);
    }

    @Test
    void textIsCompressedForThoseWhoCanReadThat() throws Exception {
        for (String path : new String[] {
            "/",
            "/page/js/drawer.js",
            "/page/css/parts.css",
            "/webjars/uplot/1.6.32/dist/uPlot.esm.js",
            "/api/v1/notebooks"
        }) {
            HttpResponse<byte[]> plain = get(path, "");
            HttpResponse<byte[]> zipped = get(path, "gzip, br");

            assertThat(header(plain, "Content-Encoding")).as(path).isEmpty();
            assertThat(header(zipped, "Content-Encoding")).as(path).contains("gzip");
            assertThat(zipped.body()).as(path).hasSizeLessThan(plain.body().length / 2);
            byte[] unzipped = new GZIPInputStream(new ByteArrayInputStream(zipped.body())).readAllBytes();
            assertThat(unzipped).as(path).isEqualTo(plain.body());
        }
        assertThat(header(get("/page/js/drawer.js", "gzip"), "Vary")).contains("Accept-Encoding");
    }

    @Test
    void aStreamIsNotCompressedForEachMessageMustArriveAtOnce() throws Exception {
        HttpResponse<java.io.InputStream> stream = client.send(
                request("/api/v1/stream").header("Accept-Encoding", "gzip").build(),
                HttpResponse.BodyHandlers.ofInputStream());
        try (java.io.InputStream body = stream.body()) {
            assertThat(header(stream, "Content-Encoding")).isEmpty();
            assertThat(new String(body.readNBytes(11), StandardCharsets.UTF_8)).isEqualTo("retry: 2000");
        }
    }

    @Test
    void whatTheIndexNamesIsKeptWithoutAskingAgainAndTheIndexIsAskedForAgain() throws Exception {
        HttpResponse<byte[]> index = get("/", "");
        assertThat(header(index, "Cache-Control")).contains("no-cache");
        String text = new String(index.body(), StandardCharsets.UTF_8);
        Matcher address = VERSIONED.matcher(text);
        assertThat(address.find()).as(text).isTrue();
        assertThat(text).doesNotContain("\"/page/js", "\"/page/css", "\"/page/icon");

        HttpResponse<byte[]> versioned = get(address.group(1), "");
        assertThat(versioned.statusCode()).isEqualTo(200);
        assertThat(header(versioned, "Cache-Control")).contains("max-age=31536000, immutable");
        HttpResponse<byte[]> plain = get("/page/js/main.js", "");
        assertThat(header(plain, "Cache-Control")).contains("no-cache");
        assertThat(plain.body()).isEqualTo(versioned.body());
        HttpRequest again = request("/page/js/main.js")
                .header("If-None-Match", header(plain, "ETag").orElseThrow())
                .build();
        assertThat(client.send(again, HttpResponse.BodyHandlers.discarding()).statusCode())
                .isEqualTo(304);
        assertThat(get(address.group(1).replace("v-", "v-0"), "").statusCode()).isEqualTo(404);
        assertThat(get(address.group(1).replace("/js/main.js", "/../index.html"), "")
                        .statusCode())
                .isGreaterThanOrEqualTo(400);
    }
}
