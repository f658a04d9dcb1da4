package io.nbguard.server.access;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * The two secrets of a dashboard host, and the proofs that a caller knows one. Every comparison takes the same time
 * whatever is offered. A browser's cookie holds not the token but the random name of a login, which ends by logging out.
 */
public final class Tokens {

    private static final String SESSION_PURPOSE = "nbguard session 1 ";
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int SESSION_BYTES = 32;
    private static final int LONGEST_COOKIE = 100;

    private final String operatorToken;
    private final Optional<String> viewerToken;
    private final byte[] operator;
    private final byte @Nullable [] viewer;
    private final SecretKeySpec operatorKey;
    private final @Nullable SecretKeySpec viewerKey;
    private final Sessions sessions;

    /**
     * Makes them; logins are forgotten with this object.
     *
     * @param operator the operators' token
     * @param viewer the viewers' token, if there is one
     * @throws IllegalArgumentException if both are the same
     */
    public Tokens(String operator, Optional<String> viewer) {
        this(operator, viewer, Optional.empty());
    }

    /**
     * Makes them.
     *
     * @param operator the operators' token
     * @param viewer the viewers' token, if there is one
     * @param logins a private file for the logins, made when there is one
     * @throws IllegalArgumentException if both tokens are the same
     */
    public Tokens(String operator, Optional<String> viewer, Optional<Path> logins) {
        if (viewer.filter(operator::equals).isPresent()) {
            throw new IllegalArgumentException("the viewers' token is the operators': expected another one");
        }
        operatorToken = operator;
        viewerToken = viewer;
        this.operator = digest(operator);
        this.viewer = viewer.map(Tokens::digest).orElse(null);
        operatorKey = key(operator);
        viewerKey = viewer.map(Tokens::key).orElse(null);
        sessions = new Sessions(logins, InstantSource.system());
    }

    /** Returns the operators' token, for a link. */
    public String operator() {
        return operatorToken;
    }

    /** Returns the viewers' token, for a link. */
    public Optional<String> viewer() {
        return viewerToken;
    }

    /** Returns whose token this is. */
    public Optional<Role> roleOf(String token) {
        byte[] offered = digest(token);
        boolean isOperator = MessageDigest.isEqual(operator, offered);
        boolean isViewer = viewer != null && MessageDigest.isEqual(viewer, offered);
        return isOperator ? Optional.of(Role.OPERATOR) : isViewer ? Optional.of(Role.VIEWER) : Optional.empty();
    }

    /** Returns how long a login lasts at most. */
    public static Duration loginLasts() {
        return Sessions.LAST;
    }

    /** Begins a login; returns the cookie for it. */
    public String logIn(Role role) {
        byte[] random = new byte[SESSION_BYTES];
        RANDOM.nextBytes(random);
        String cookie = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
        sessions.add(proof(role == Role.VIEWER && viewerKey != null ? viewerKey : operatorKey, cookie));
        return cookie;
    }

    /** Ends the login of a cookie, if it is one. */
    public void logOut(String cookie) {
        sessions.remove(proof(operatorKey, cookie));
        if (viewerKey != null) {
            sessions.remove(proof(viewerKey, cookie));
        }
    }

    /** Returns whose login this is. */
    public Optional<Role> roleOfCookie(String cookie) {
        if (cookie.length() > LONGEST_COOKIE) {
            return Optional.empty();
        }
        if (sessions.has(proof(operatorKey, cookie))) {
            return Optional.of(Role.OPERATOR);
        }
        return viewerKey != null && sessions.has(proof(viewerKey, cookie))
                ? Optional.of(Role.VIEWER)
                : Optional.empty();
    }

    /** Makes lengths equal, so that not even the length of a secret shows in the time. */
    private static byte[] digest(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }

    private static SecretKeySpec key(String token) {
        return new SecretKeySpec(token.getBytes(StandardCharsets.UTF_8), "HmacSHA256");
    }

    private static String proof(SecretKeySpec key, String cookie) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(key);
            return Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString(mac.doFinal((SESSION_PURPOSE + cookie).getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JVM has HmacSHA256", e);
        }
    }
}
