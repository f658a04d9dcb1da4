package io.nbguard.server;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import io.nbguard.server.json.JsonValues;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** HTTP by hand: sends exactly what the test says, however wrong that is. */
final class RawHttp {

    private static final int LONGEST_WAIT_MILLIS = 60_000;

    private RawHttp() {}

    /** What came back; status 0 if the server only closed the connection. */
    record Answer(int status, Map<String, String> headers, String body) {

        @SuppressWarnings("unchecked")
        Map<String, Object> json() {
            try (JsonParser parser = new JsonFactory().createParser(body)) {
                parser.nextToken();
                return (Map<String, Object>) JsonValues.read(parser);
            } catch (IOException | RuntimeException e) {
                throw new AssertionError("not a JSON object: " + this, e);
            }
        }

        @SuppressWarnings("unchecked")
        List<Map<String, Object>> items() {
            return (List<Map<String, Object>>) json().get("items");
        }

        String error() {
            return json().get("error") instanceof Map<?, ?> error ? String.valueOf(error.get("message")) : "";
        }
    }

    static Answer ask(int port, String request) throws IOException {
        return ask(port, request.getBytes(StandardCharsets.UTF_8));
    }

    static Answer ask(int port, byte[] request) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.setSoTimeout(LONGEST_WAIT_MILLIS);
            try {
                socket.getOutputStream().write(request);
                socket.getOutputStream().flush();
            } catch (SocketException e) {
                // It was refused before all of it was sent; the answer may be there all the same.
            }
            return parse(all(socket.getInputStream()));
        }
    }

    private static byte[] all(InputStream in) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        byte[] part = new byte[8_192];
        try {
            for (int read = in.read(part); read >= 0; read = in.read(part)) {
                bytes.write(part, 0, read);
            }
        } catch (IOException e) {
            // Reset after the answer, because it had not read all of the request.
        }
        return bytes.toByteArray();
    }

    private static Answer parse(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        int end = text.indexOf("\r\n\r\n");
        if (end < 0 || !text.startsWith("HTTP/1.1 ")) {
            return new Answer(0, Map.of(), text);
        }
        String[] lines = text.substring(0, end).split("\r\n");
        Map<String, String> headers = new TreeMap<>();
        for (int i = 1; i < lines.length; i++) {
            int colon = lines[i].indexOf(':');
            headers.put(
                    lines[i].substring(0, colon).toLowerCase(Locale.ROOT),
                    lines[i].substring(colon + 1).strip());
        }
        String body = text.substring(end + 4);
        if ("chunked".equals(headers.get("transfer-encoding"))) {
            body = unchunked(body);
        }
        return new Answer(
                Integer.parseInt(lines[0].split(" ")[1]),
                headers,
                new String(body.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8));
    }

    private static String unchunked(String body) {
        StringBuilder text = new StringBuilder();
        int at = 0;
        while (at < body.length()) {
            int line = body.indexOf("\r\n", at);
            int size = Integer.parseInt(body.substring(at, line).split(";")[0].strip(), 16);
            text.append(body, line + 2, line + 2 + size);
            at = line + 2 + size + 2;
            if (size == 0) {
                break;
            }
        }
        return text.toString();
    }
}
