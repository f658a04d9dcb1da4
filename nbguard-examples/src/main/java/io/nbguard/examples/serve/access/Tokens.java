package io.nbguard.examples.serve.access;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * The two secrets of a dashboard host, and what proves that somebody knows one. Every comparison takes the same time
 * whatever is offered. A browser's cookie holds not the token but what follows from it: it opens nothing but this page.
 */
public final class Tokens {

    private static final String COOKIE_PURPOSE = "nbguard cookie 1";

    private final byte[] operator;
    private final byte @Nullable [] viewer;
    private final String operatorCookie;
    private final @Nullable String viewerCookie;

    /**
     * Makes them.
     *
     * @param operator the operators' token
     * @param viewer the viewers' token, if there is one
     * @throws IllegalArgumentException if both are the same
     */
    public Tokens(String operator, Optional<String> viewer) {
        if (viewer.filter(operator::equals).isPresent()) {
            throw new IllegalArgumentException("the viewers' token is the operators': expected another one");
        }
        this.operator = digest(operator);
        this.viewer = viewer.map(Tokens::digest).orElse(null);
        operatorCookie = cookie(operator);
        viewerCookie = viewer.map(Tokens::cookie).orElse(null);
    }

    /** Returns whose token this is. */
    public Optional<Role> roleOf(String token) {
        byte[] offered = digest(token);
        boolean isOperator = MessageDigest.isEqual(operator, offered);
        boolean isViewer = viewer != null && MessageDigest.isEqual(viewer, offered);
        return isOperator ? Optional.of(Role.OPERATOR) : isViewer ? Optional.of(Role.VIEWER) : Optional.empty();
    }

    /** Returns whose cookie this is. */
    public Optional<Role> roleOfCookie(String cookie) {
        boolean isOperator = equal(operatorCookie, cookie);
        boolean isViewer = viewerCookie != null && equal(viewerCookie, cookie);
        return isOperator ? Optional.of(Role.OPERATOR) : isViewer ? Optional.of(Role.VIEWER) : Optional.empty();
    }

    /** Returns the cookie's value for a role that has a token. */
    public String cookieOf(Role role) {
        return role == Role.VIEWER && viewerCookie != null ? viewerCookie : operatorCookie;
    }

    private static boolean equal(String one, String other) {
        return MessageDigest.isEqual(digest(one), digest(other));
    }

    /** Makes lengths equal, so that not even the length of a secret shows in the time. */
    private static byte[] digest(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }

    private static String cookie(String token) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(token.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString(mac.doFinal(COOKIE_PURPOSE.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JVM has HmacSHA256", e);
        }
    }
}
