package io.nbguard.cgroup.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CookieTest {

    private final Cookie cookie = Cookie.random();
    private final String value = valueOf(cookie, new HashMap<>());

    private static String valueOf(Cookie cookie, Map<String, String> environment) {
        cookie.addTo(environment);
        return environment.get(Cookie.VARIABLE);
    }

    private boolean isIn(String... entries) {
        return cookie.isIn((String.join("\0", entries) + "\0").getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void isOfHundredAndTwentyEightRandomBits() {
        assertThat(value).matches("[0-9a-f]{32}");
        assertThat(valueOf(Cookie.random(), new HashMap<>())).isNotEqualTo(value);
    }

    @Test
    void isFoundWhereverItStands() {
        assertThat(isIn("NBGUARD_COOKIE=" + value)).isTrue();
        assertThat(isIn("PATH=/bin", "NBGUARD_COOKIE=" + value, "HOME=/")).isTrue();
        assertThat(cookie.isIn(("A=1\0NBGUARD_COOKIE=" + value).getBytes(StandardCharsets.US_ASCII)))
                .isTrue();
    }

    @Test
    void isNotFoundInAnotherVariableOrCutOff() {
        assertThat(isIn()).isFalse();
        assertThat(isIn("PATH=/bin")).isFalse();
        assertThat(isIn("X=NBGUARD_COOKIE=" + value)).isFalse();
        assertThat(isIn("MY_NBGUARD_COOKIE=" + value)).isFalse();
        assertThat(isIn("NBGUARD_COOKIE=" + value.substring(1))).isFalse();
        assertThat(isIn("NBGUARD_COOKIE=", value)).isFalse();
    }

    @Test
    void aGuardInsideAGuardKeepsTheOuterOnesCookie() {
        Map<String, String> environment = new HashMap<>(Map.of(Cookie.VARIABLE, value));
        Cookie inner = Cookie.random();
        String both = valueOf(inner, environment);

        assertThat(isIn("NBGUARD_COOKIE=" + both)).isTrue();
        assertThat(inner.isIn(("NBGUARD_COOKIE=" + both + "\0").getBytes(StandardCharsets.US_ASCII)))
                .isTrue();
    }
}
