package io.nbguard.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Limits that come in over HTTP: in docker-py's words, or as they were answered. */
class LimitsTest {

    private static final String REQUEST = "{\"notebook\":\"ok.ipynb\",%s}";

    @TempDir
    Path folder;

    private ServeWorld world;

    @BeforeEach
    void open() throws IOException {
        world = ServeWorld.open(folder);
        world.write("ok.ipynb", "1");
    }

    @AfterEach
    void close() {
        world.close();
    }

    private RawHttp.Answer post(String limits) throws IOException {
        return world.ask("POST", "/api/v1/executions", String.format(REQUEST, limits));
    }

    /** Returns the request as it is kept. */
    private String kept(RawHttp.Answer posted) throws IOException {
        assertThat(posted.status()).as(posted.body()).isEqualTo(201);
        return world.ask("GET", "/api/v1/executions/" + posted.json().get("id")).body();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"limits\":{\"mem_limit\":\"1g\"}",
                "\"limits\":{\"memoryBytes\":1073741824,\"cpus\":null}",
                "\"memory\":\"1g\"",
                "\"memory\":\"1g\",\"limits\":{\"mem_limit\":1073741824}",
            })
    void aMemoryLimitIsTheSameInEachForm(String limits) throws IOException {
        assertThat(kept(post(limits)))
                .contains("\"memory\":\"1073741824\"")
                .contains("\"limits\":{\"memoryBytes\":1073741824,\"memorySwapBytes\":null");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"limits\":{\"mem_limt\":\"1g\"}                                | 400 | did you mean 'mem_limit'",
                "\"limits\":{\"mem_limit\":\"much\"}                             | 400 | 'much'",
                "\"limits\":{\"mem_limit\":\"1g\",\"memswap_limit\":\"512m\"}    | 400 | 512.0 MiB",
                "\"limits\":{\"cpus\":2,\"cpu_quota\":100000}                    | 400 | 100000",
                "\"limits\":[]                                                   | 400 | an object",
                "\"memory\":\"1g\",\"limits\":{\"mem_limit\":\"2g\"}             | 400 | disagree",
                "\"memory\":\"1g\",\"limits\":{\"mem_limit\":\"unlimited\"}      | 400 | disagree",
                "\"memory\":\"1g\",\"limits\":{\"memswap_limit\":\"512m\"}       | 400 | 512.0 MiB",
                "\"limits\":{\"cpus\":1e100000000}                           | 400 | cpus",
                "\"limits\":{\"pids_limit\":9}                                   | 409 | pids",
            })
    void whatCannotBeMeantOrIsNotEnforcedIsRefusedAndNothingStarts(String limits, int status, String named)
            throws IOException {
        RawHttp.Answer answer = post(limits);

        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        assertThat(answer.error()).contains(named);
        assertThat(world.guard.executions()).isEmpty();
    }

    @Test
    void whatIsAnsweredCanBeSentAgain() throws IOException {
        String answer = kept(post("\"limits\":{\"mem_limit\":\"1g\"}"));
        int begin = answer.indexOf("\"limits\"");
        String limits = answer.substring(begin, answer.indexOf('}', begin) + 1);

        assertThat(post(limits).status()).as(limits).isEqualTo(201);
    }
}
