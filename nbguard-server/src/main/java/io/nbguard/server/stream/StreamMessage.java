package io.nbguard.server.stream;

import io.nbguard.server.json.JsonText;

/**
 * A message to every reader: made once, however many there are.
 *
 * @param type {@code snapshot}, {@code event}, {@code execution}, {@code schedules} or {@code missed}
 * @param data a JSON object on one line
 */
public record StreamMessage(String type, String data) {

    static final String SNAPSHOT = "snapshot";

    /** Makes a message. */
    public static StreamMessage of(String type, JsonText.Fields fields) {
        return new StreamMessage(type, JsonText.object(fields));
    }

    /** Returns it as an event of a server-sent stream. */
    public String asServerSentEvent() {
        return "event: " + type + "\ndata: " + data + "\n\n";
    }

    /** Returns it as one JSON object. */
    public String asJson() {
        return "{\"type\":\"" + type + "\",\"data\":" + data + "}";
    }
}
