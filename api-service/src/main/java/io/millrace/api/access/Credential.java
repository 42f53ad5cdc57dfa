package io.millrace.api.access;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a request shows. */
sealed interface Credential {

    /** Nothing. */
    record None() implements Credential {}

    /** An {@code Authorization} header that is no bearer token. */
    record Unreadable() implements Credential {}

    /** An API key, the bootstrap key, or a token of an identity provider. */
    record Bearer(String token) implements Credential {
        @Override
        public String toString() {
            return "Bearer[…]";
        }
    }

    /** The cookie of a browser. */
    record Session(String token) implements Credential {
        @Override
        public String toString() {
            return "Session[…]";
        }
    }

    /** A header goes before a cookie: who sends both has a reason for the header. */
    static Credential of(@Nullable String authorization, @Nullable String cookie) {
        if (authorization != null) {
            String scheme = "bearer ";
            return authorization.toLowerCase(Locale.ROOT).startsWith(scheme)
                    ? new Bearer(authorization.substring(scheme.length()).strip())
                    : new Unreadable();
        }
        return cookie == null || cookie.isEmpty() ? new None() : new Session(cookie);
    }
}
