package io.millrace.api.body;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;

/** Addresses that callers give for others to be asked. */
public final class WebAddress {

    private WebAddress() {}

    /** Whether a text is an http or https address without a user in it. */
    public static boolean isOne(String text) {
        try {
            var uri = new URI(text);
            String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
            return (scheme.equals("http") || scheme.equals("https"))
                    && uri.getHost() != null
                    && uri.getRawUserInfo() == null;
        } catch (URISyntaxException e) {
            return false;
        }
    }
}
