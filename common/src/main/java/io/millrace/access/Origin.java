package io.millrace.access;

import java.net.URI;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Whether a request comes from a page of ours, as far as a browser says so. */
public final class Origin {

    private Origin() {}

    /**
     * Whether a request that carries a session may change something: only a page of the same origin may ask for that.
     * Every browser of today says {@code Sec-Fetch-Site}, older ones {@code Origin}; one that says neither is refused.
     */
    public static boolean isOurs(@Nullable String fetchSite, @Nullable String origin, @Nullable String host) {
        return fetchSite == null ? origin != null && sameHost(origin, host) : fetchSite.equals("same-origin");
    }

    /**
     * Whether a request without any credential may change something: not if a browser says that another site's page
     * asks for it. Programs say nothing, and may.
     */
    public static boolean isForeign(@Nullable String fetchSite, @Nullable String origin, @Nullable String host) {
        return fetchSite == null
                ? origin != null && !sameHost(origin, host)
                : !fetchSite.equals("same-origin") && !fetchSite.equals("none");
    }

    private static boolean sameHost(String origin, @Nullable String host) {
        try {
            String authority = URI.create(origin).getAuthority();
            return host != null
                    && authority != null
                    && authority.toLowerCase(Locale.ROOT).equals(host.toLowerCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            // "null", or nothing a browser would write.
            return false;
        }
    }

    /**
     * Whether a Host header has a name that somebody can own, and let lead here: then a page of theirs is of our origin
     * to a browser. Addresses, {@code localhost} and names without a dot are nobody's.
     */
    public static boolean canBeOwned(@Nullable String host) {
        if (host == null || host.startsWith("[")) {
            return false;
        }
        String name = host.replaceFirst(":\\d+$", "").replaceFirst("\\.$", "").toLowerCase(Locale.ROOT);
        return name.indexOf('.') >= 0 && !name.endsWith(".localhost") && !name.matches("[0-9.]+");
    }
}
