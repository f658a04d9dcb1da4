package io.nbguard.server;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * A request that is to be refused.
 *
 * @param what what is wrong with it
 * @param expected the statuses that say so
 */
record HostileRequest(String what, byte[] bytes, List<Integer> expected) {

    private static final String START = "/api/v1/executions";
    private static final String SCHEDULES = "/api/v1/schedules";

    @Override
    public String toString() {
        return what.length() > 120 ? what.substring(0, 120) + "…" : what;
    }

    static Stream<HostileRequest> all() {
        return Stream.of(names(), bodies(), schedules(), queries(), credentials(), protocol())
                .flatMap(List::stream);
    }

    private static HostileRequest raw(String request, Integer... expected) {
        return new HostileRequest(
                request.split("\r\n", 2)[0], request.getBytes(StandardCharsets.ISO_8859_1), Arrays.asList(expected));
    }

    private static HostileRequest json(String path, String body, Integer... expected) {
        return new HostileRequest(
                path + " " + body,
                ServeWorld.request("POST", path, body).getBytes(StandardCharsets.UTF_8),
                Arrays.asList(expected));
    }

    private static List<HostileRequest> names() {
        List<HostileRequest> all = new ArrayList<>();
        for (String name : List.of(
                "..%2F..%2Fetc%2Fpasswd",
                "..%2Foutside%2Fsecret.ipynb",
                "%2e%2e%2foutside%2fsecret.ipynb",
                "%2E%2E/outside/secret.ipynb",
                "../outside/secret.ipynb",
                "%2Fetc%2Fpasswd",
                "%2F%2Fetc%2Fpasswd.ipynb",
                "a%00.ipynb",
                "ok.ipynb%00.txt",
                "a%0A.ipynb",
                "a%0D%0ASet-Cookie:x.ipynb",
                "a%7F.ipynb",
                "%1B[31m.ipynb",
                "link.ipynb",
                "linked%2Fsecret.ipynb",
                "none.ipynb",
                "text.txt",
                "folder.ipynb",
                ".",
                "..",
                "%2e",
                "%20",
                "ok.ipynb%2F",
                "ok.ipynb%2F..%2Fok.ipynb",
                "sub%2F%2Fok.ipynb",
                "sub%2F.%2Fok.ipynb",
                "sub/ok.ipynb",
                "..%5C..%5Cok.ipynb",
                "%c0%ae%c0%ae%2fok.ipynb",
                "%zz.ipynb",
                "%",
                "..;/ok.ipynb",
                "ok.ipynb;x=1",
                "%E2%80%AEok.ipynb",
                "file:%2F%2F%2Fetc%2Fpasswd",
                "a".repeat(3_000) + ".ipynb",
                "a%2F".repeat(400) + "b.ipynb")) {
            all.add(raw(ServeWorld.request("POST", "/notebooks/run/" + name), 400, 404));
            all.add(raw(ServeWorld.request("GET", "/api/v1/notebooks/" + name + "/parameters"), 400, 404));
        }
        for (String id : List.of("UPPER", "..", "%2e%2e", "a%2Fb", "k3x9m2pq7c4t", "x".repeat(200), "%00", "'--")) {
            all.add(raw(ServeWorld.request("GET", START + "/" + id), 400, 404));
            all.add(raw(ServeWorld.request("DELETE", START + "/" + id), 400, 404, 405));
            all.add(raw(ServeWorld.request("GET", START + "/" + id + "/notebook"), 400, 404));
        }
        all.add(raw(ServeWorld.request("DELETE", "/notebooks/stop/ok.ipynb"), 404));
        all.add(raw(ServeWorld.request("GET", "/page/..%2fapi/openapi.json"), 400, 404));
        all.add(raw(ServeWorld.request("GET", "/webjars/..%2f..%2f..%2fio/nbguard/x.json"), 400, 404));
        all.add(raw(ServeWorld.request("GET", "/page/io/nbguard/server/GuardServer.class"), 400, 404));
        return all;
    }

    private static List<HostileRequest> bodies() {
        List<HostileRequest> all = new ArrayList<>();
        String ok = "\"notebook\":\"ok.ipynb\"";
        for (String body : List.of(
                "{",
                "[]",
                "null",
                "7",
                "\"ok.ipynb\"",
                "{}",
                "{" + ok + "}{}",
                "{" + ok + "} x",
                "{" + ok + "," + ok + "}",
                "{" + ok + ",\"frobnicate\":1}",
                "{" + ok + ",\"environment\":{\"LD_PRELOAD\":\"x\"}}",
                "{" + ok + ",\"python\":\"/bin/sh\"}",
                "{" + ok + ",\"output\":\"/etc/passwd\"}",
                "{\"notebook\":7}",
                "{\"notebook\":null}",
                "{\"notebook\":\"\"}",
                "{\"notebook\":\"../outside/secret.ipynb\"}",
                "{\"notebook\":\"/etc/passwd\"}",
                "{\"notebook\":\"a\\u0000.ipynb\"}",
                "{\"notebook\":[\"ok.ipynb\"]}",
                "{" + ok + ",\"parameters\":[]}",
                "{" + ok + ",\"parameters\":{\"class\":1}}",
                "{" + ok + ",\"parameters\":{\"a-b\":1}}",
                "{" + ok + ",\"parameters\":{\"a\":1,\"a\":2}}",
                "{" + ok + ",\"parameters\":{\"a\":" + "[".repeat(100) + "]".repeat(100) + "}}",
                "{" + ok + ",\"parameters\":{\"a\":" + "9".repeat(2_000) + "}}",
                "{" + ok + ",\"parameters\":{\"a\":NaN}}",
                "{" + ok + ",\"memory\":\"much\"}",
                "{" + ok + ",\"memory\":\"0\"}",
                "{" + ok + ",\"memory\":-1}",
                "{" + ok + ",\"memory\":1.5}",
                "{" + ok + ",\"memory\":\"99999999999999t\"}",
                "{" + ok + ",\"timeoutSeconds\":0}",
                "{" + ok + ",\"timeoutSeconds\":-1}",
                "{" + ok + ",\"timeoutSeconds\":\"1h\"}",
                "{" + ok + ",\"timeoutSeconds\":1e300}",
                "{" + ok + ",\"priority\":1.5}",
                "{" + ok + ",\"priority\":1000000000000}",
                "{" + ok + ",\"tags\":\"x\"}",
                "{" + ok + ",\"tags\":[1]}",
                "{" + ok + ",\"tags\":[" + "\"t\",".repeat(60) + "\"t\"]}",
                "{" + ok + ",\"owner\":\"" + "o".repeat(300) + "\"}",
                "{" + ok + ",\"owner\":\"a\\nb\"}",
                "{" + ok + ",\"owner\":\"\"}",
                "{" + ok + ",\"kernel\":\"\\u0000\"}",
                "{'notebook':'ok.ipynb'}",
                "{" + ok + ",}",
                "/* c */{" + ok + "}")) {
            all.add(json(START, body, 400, 404));
        }
        all.add(raw(
                ServeWorld.request("POST", START, "{\"notebook\":\"??\"}").replace("??", "\u00ff\u00fe"), 400, 404));
        all.add(raw(ServeWorld.request("POST", START), 400));
        all.add(json("/notebooks/run/ok.ipynb", "{\"notebook\":\"other.ipynb\"}", 400));
        all.add(json("/notebooks/run/ok.ipynb", "[1]", 400));
        all.add(json("/api/v1/login", "{\"token\":\"\"}", 401));
        all.add(json("/api/v1/login", "{\"token\":7}", 400));
        all.add(json("/api/v1/login", "{\"password\":\"x\"}", 400));
        return all;
    }

    private static List<HostileRequest> schedules() {
        List<HostileRequest> all = new ArrayList<>();
        String request = "\"request\":{\"notebook\":\"ok.ipynb\"}";
        for (String body : List.of(
                "{}",
                "{\"trigger\":\"cron\"," + request + "}",
                "{\"trigger\":\"cron\",\"expression\":\"61 * * * *\"," + request + "}",
                "{\"trigger\":\"cron\",\"expression\":\"; rm -rf /\"," + request + "}",
                "{\"trigger\":\"interval\",\"expression\":\"PT0S\"," + request + "}",
                "{\"trigger\":\"interval\",\"expression\":\"PT0.001S\"," + request + "}",
                "{\"trigger\":\"once\",\"expression\":\"2001-01-01T00:00:00Z\"," + request + "}",
                "{\"trigger\":\"moon\",\"expression\":\"full\"," + request + "}",
                "{\"trigger\":\"interval\",\"expression\":\"PT10S\",\"zone\":\"Mars/Olympus\"," + request + "}",
                "{\"trigger\":\"interval\",\"expression\":\"PT10S\",\"id\":\"../x\"," + request + "}",
                "{\"trigger\":\"interval\",\"expression\":\"PT10S\",\"maxInstances\":0," + request + "}",
                "{\"trigger\":\"interval\",\"expression\":\"PT10S\",\"jitterSeconds\":-1," + request + "}",
                "{\"trigger\":\"interval\",\"expression\":\"PT10S\",\"misfireGraceSeconds\":0," + request + "}",
                "{\"trigger\":\"interval\",\"expression\":\"PT10S\",\"coalesce\":\"yes\"," + request + "}",
                "{\"trigger\":\"interval\",\"expression\":\"PT10S\",\"start\":\"tomorrow\"," + request + "}",
                "{\"trigger\":\"interval\",\"expression\":\"PT10S\",\"start\":\"-1000000000-01-01T00:00:00Z\","
                        + request + "}",
                "{\"trigger\":\"interval\",\"expression\":\"PT10S\",\"end\":\"+1000000000-12-31T00:00:00Z\"," + request
                        + "}",
                "{\"trigger\":\"interval\",\"expression\":\"PT10S\",\"start\":\"2099-01-02T00:00:00Z\","
                        + "\"end\":\"2099-01-01T00:00:00Z\"," + request + "}",
                "{\"trigger\":\"interval\",\"expression\":\"PT10S\",\"request\":{}}",
                "{\"trigger\":\"interval\",\"expression\":\"PT10S\",\"request\":\"ok.ipynb\"}",
                "{\"trigger\":\"interval\",\"expression\":\"PT10S\",\"request\":{\"notebook\":\"none.ipynb\"}}",
                "{\"trigger\":\"interval\",\"expression\":\"PT10S\",\"request\":{\"notebook\":\"link.ipynb\"}}",
                "{\"trigger\":\"interval\",\"expression\":\"PT10S\",\"more\":1," + request + "}")) {
            all.add(json(SCHEDULES, body, 400, 404));
            all.add(json("/scheduler/add", body, 400, 404));
        }
        for (String action : List.of("pause", "resume", "run")) {
            all.add(raw(ServeWorld.request("POST", SCHEDULES + "/none/" + action), 404));
            all.add(raw(ServeWorld.request("POST", SCHEDULES + "/NONE/" + action), 400));
        }
        all.add(raw(ServeWorld.request("DELETE", SCHEDULES + "/none"), 404));
        return all;
    }

    private static List<HostileRequest> queries() {
        List<HostileRequest> all = new ArrayList<>();
        for (String query : List.of(
                "limit=0",
                "limit=1001",
                "limit=-1",
                "limit=x",
                "limit=",
                "limit=%D9%A5",
                "limit=+5",
                "until=",
                "until=-1000000000-01-01T00:00:00Z",
                "since=%2B10000-01-01T00:00:00Z",
                "limit=99999999999999999999",
                "limit=1&limit=2",
                "status=weird",
                "since=yesterday",
                "until=%00",
                "schedule=UPPER",
                "frobnicate=1",
                "notebook=%zz",
                "notebook=" + "n".repeat(3_000),
                "token=" + ServeWorld.OPERATOR)) {
            all.add(raw(ServeWorld.request("GET", START + "?" + query), 400));
        }
        all.add(raw(ServeWorld.request("GET", "/api/v1/events?execution=UPPER"), 400));
        all.add(raw(ServeWorld.request("GET", "/api/v1/node/usage?points=1"), 400));
        all.add(raw(ServeWorld.request("GET", "/api/v1/node/usage?until=-1000000000-01-01T00:00:00Z"), 400));
        all.add(raw(ServeWorld.request("GET", "/stats?verbose"), 400));
        return all;
    }

    private static List<HostileRequest> credentials() {
        List<HostileRequest> all = new ArrayList<>();
        String start = "POST /notebooks/run/ok.ipynb HTTP/1.1\r\nContent-Length: 0\r\nConnection: close\r\n";
        String local = start + "Host: localhost\r\n";
        all.add(raw(local + "\r\n", 401));
        all.add(raw(local + "Authorization: Bearer wrong-token-0000000000\r\n\r\n", 401));
        all.add(raw(local + "Authorization: Bearer\r\n\r\n", 401));
        all.add(raw(local + "Authorization: Basic b3BlcmF0b3I6eA==\r\n\r\n", 401));
        all.add(raw(local + "Cookie: nbguard=forged\r\n\r\n", 401));
        all.add(raw(local + "Cookie: nbguard=" + ServeWorld.OPERATOR + "\r\nX-Nbguard: page\r\n\r\n", 401));
        all.add(raw(local + "Authorization: Bearer " + ServeWorld.VIEWER + "\r\n\r\n", 403));
        String cookie = "Cookie: nbguard=" + ServeWorld.TOKENS.logIn(io.nbguard.server.access.Role.OPERATOR) + "\r\n";
        all.add(raw(local + cookie + "\r\n", 403));
        all.add(raw(local + cookie + "X-Nbguard: page\r\nOrigin: http://evil.example\r\n\r\n", 403));
        all.add(raw(local + cookie + "X-Nbguard: page\r\nOrigin: null\r\n\r\n", 403));
        String token = "Authorization: Bearer " + ServeWorld.OPERATOR + "\r\n";
        for (String host :
                List.of("evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "10.0.0.1", "")) {
            all.add(raw(start + "Host: " + host + "\r\n" + token + "\r\n", 400, 403));
        }
        all.add(raw(start + token + "\r\n", 400));
        all.add(raw(start + "Host: localhost\r\nHost: evil.example\r\n" + token + "\r\n", 400));
        all.add(raw(
                "GET /api/v1/audit HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer "
                        + ServeWorld.VIEWER + "\r\n\r\n",
                403));
        String upgrade = "GET /api/v1/ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
                + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n";
        all.add(raw(upgrade + "Connection: Upgrade, close\r\n\r\n", 401));
        all.add(raw(upgrade + "Connection: Upgrade, close\r\n" + cookie + "Origin: http://evil.example\r\n\r\n", 403));
        return all;
    }

    private static List<HostileRequest> protocol() {
        List<HostileRequest> all = new ArrayList<>();
        for (String method : List.of("PUT", "PATCH", "TRACE", "OPTIONS", "FOO", "DELETE")) {
            all.add(raw(ServeWorld.request(method, "/stats"), 400, 404, 405, 501));
        }
        all.add(raw(ServeWorld.request("GET", "/notebooks/run/ok.ipynb"), 404, 405));
        all.add(raw(ServeWorld.request("GET", "/nothing/here"), 404));
        String post = ServeWorld.request("POST", START, "{\"notebook\":\"ok.ipynb\"}");
        for (String type : List.of(
                "text/plain",
                "application/x-www-form-urlencoded",
                "multipart/form-data; boundary=x",
                "text/json",
                "application/json; charset=utf-16",
                "")) {
            all.add(raw(post.replace("application/json", type), 415));
        }
        all.add(raw(post.replace("Content-Type: application/json\r\n", ""), 415));
        all.add(raw(post.replace("Connection: close", "Content-Encoding: gzip\r\nConnection: close"), 415));
        all.add(raw(ServeWorld.request("POST", START, "{\"notebook\":\"" + "x".repeat(2 << 20) + "\"}"), 413));
        all.add(raw(post.replaceFirst("Content-Length: \\d+", "Content-Length: 99999999999"), 413));
        all.add(raw(post.replaceFirst("Content-Length: \\d+", "Content-Length: -5"), 400));
        all.add(raw(post.replaceFirst("Content-Length: \\d+", "Content-Length: 5\r\nContent-Length: 7"), 400));
        all.add(raw(post.replaceFirst("Content-Length: \\d+", "Transfer-Encoding: chunked"), 400));
        String chunk = "10000\r\n" + "x".repeat(0x10000) + "\r\n";
        all.add(raw(
                post.substring(0, post.indexOf("\r\n\r\n"))
                                .replaceFirst("Content-Length: \\d+", "Transfer-Encoding: chunked")
                        + "\r\n\r\n" + chunk.repeat(20) + "0\r\n\r\n",
                413));
        all.add(raw(
                ServeWorld.request("GET", "/stats")
                        .replace("Connection", "X-Long: " + "y".repeat(20_000) + "\r\nConnection"),
                431));
        all.add(raw(
                ServeWorld.request("GET", "/stats").replace("Connection", "X-Y: z\r\n".repeat(5_000) + "Connection"),
                431));
        all.add(raw(ServeWorld.request("GET", "/stats?" + "q".repeat(20_000)), 414, 431));
        all.add(raw(ServeWorld.request("GET", "/stats").replace("HTTP/1.1", "HTTP/3.0"), 400, 505));
        all.add(raw(ServeWorld.request("GET", "/stats").replace("Host: ", "Ho st: "), 400));
        all.add(raw("GARBAGE\r\n\r\n", 400));
        all.add(raw("GET\r\n\r\n", 400));
        return all;
    }
}
