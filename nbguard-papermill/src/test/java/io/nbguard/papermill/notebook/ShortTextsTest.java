package io.nbguard.papermill.notebook;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShortTextsTest {

    private static String read(String json, int longest, int chunk) throws IOException {
        StringWriter out = new StringWriter();
        try (Reader in = new ShortTexts(new StringReader(json), longest)) {
            char[] buffer = new char[chunk];
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                assertThat(count).isPositive();
                out.write(buffer, 0, count);
            }
        }
        return out.toString();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 10, 1000})
    void longTextsEndInANoteAndAllElseIsAsItWas(int chunk) throws IOException {
        String json = "{\"short\": \"12345\", \"long\": \"123456\", \"n\": 1234567, \"\": [\"\", \"abcdefgh\"]}";

        assertThat(read(json, 5, chunk))
                .isEqualTo("{\"short\": \"12345\", \"long\": \"12345 … (1 more characters)\", \"n\": 1234567,"
                        + " \"\": [\"\", \"abcde … (3 more characters)\"]}");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 10, 1000})
    void escapeSequencesAreNeverTornAndAQuoteInATextDoesNotEndIt(int chunk) throws IOException {
        assertThat(read("[\"a\\\"\\u00e9\\\\\", \"x\"]", 4, chunk)).isEqualTo("[\"a\\\"\\u00e9\\\\\", \"x\"]");
        assertThat(read("[\"a\\\"\\u00e9\\\\\", \"x\"]", 3, chunk))
                .isEqualTo("[\"a\\\"\\u00e9 … (1 more characters)\", \"x\"]");
        assertThat(read("[\"a\\\"\\u00e9\\\\\", \"x\"]", 2, chunk))
                .isEqualTo("[\"a\\\" … (2 more characters)\", \"x\"]");
        assertThat(read("[\"a\\\"\\u00e9\\\\\", \"x\"]", 1, chunk)).isEqualTo("[\"a … (3 more characters)\", \"x\"]");
        assertThat(read("[\"\\\\u00\", \"x\"]", 10, chunk)).isEqualTo("[\"\\\\u00\", \"x\"]");
    }

    @Test
    void aTornTextStaysTorn() throws IOException {
        assertThat(read("[\"abcdef", 3, 10)).isEqualTo("[\"abc");
    }
}
