package io.nbguard.server.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import io.nbguard.server.json.JsonValues;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the JSON object that a client sends: nothing twice in it, nothing after it, not deep, not more than
 * 50,000 tokens, no endless numbers.
 */
public final class JsonBody {

    private static final int DEEPEST = 64;
    private static final int LONGEST_NUMBER = 1_000;

    private static final int MOST_TOKENS = 50_000;
    private static final int BYTES_PER_TOKEN = 120;
    private static final int BYTES_PER_CHARACTER = 4;

    private static final JsonFactory JSON = JsonFactory.builder()
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .recyclerPool(JsonRecyclerPools.nonRecyclingPool())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(DEEPEST)
                    .maxTokenCount(MOST_TOKENS)
                    .maxNumberLength(LONGEST_NUMBER)
                    .build())
            .build();

    private JsonBody() {}

    /** Returns how much heap a body of so many bytes and what is read from it take at most. */
    static long memory(int bytes) {
        return (long) BYTES_PER_CHARACTER * bytes + (long) BYTES_PER_TOKEN * Math.min(bytes, MOST_TOKENS);
    }

    /**
     * Returns the object.
     *
     * @throws Refusal (400) if the bytes are something else; the message has the line and column
     */
    public static Map<String, @Nullable Object> object(byte[] bytes) {
        try (JsonParser parser = JSON.createParser(bytes)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw Refusal.badRequest("the body is not a JSON object: expected {…}");
            }
            Map<String, @Nullable Object> object = JsonValues.object(parser);
            if (parser.nextToken() != null) {
                throw Refusal.badRequest("the body goes on after its JSON object, at column "
                        + parser.currentTokenLocation().getColumnNr());
            }
            return object;
        } catch (JsonProcessingException e) {
            JsonLocation at = e.getLocation();
            String where = at == null ? "" : " at line " + at.getLineNr() + ", column " + at.getColumnNr();
            throw Refusal.badRequest("the body is not valid JSON" + where + ": " + e.getOriginalMessage());
        } catch (IOException e) {
            throw Refusal.badRequest("the body is not valid JSON: " + e.getMessage());
        }
    }
}
