package io.millrace.pack.webhook;

import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.WebhookSigningException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;

/** Signs by Standard Webhooks, with each secret there is. Nothing here tells a secret, not even one that is no good. */
final class Signatures {

    private static final String PREFIX = "whsec_";
    private static final int MIN_BYTES = 24;
    private static final int MAX_BYTES = 64;

    private final List<Webhook> signers;

    /** @throws IllegalArgumentException if one of them is no secret */
    Signatures(List<String> secrets) {
        var read = new ArrayList<Webhook>();
        for (String secret : secrets) {
            read.add(new Webhook(key(secret, read.size())));
        }
        this.signers = List.copyOf(read);
    }

    private static byte[] key(String secret, int index) {
        byte[] key;
        try {
            key = Base64.getDecoder().decode(secret.startsWith(PREFIX) ? secret.substring(PREFIX.length()) : "");
        } catch (IllegalArgumentException e) {
            // Its message would tell of the secret.
            key = new byte[0];
        }
        if (key.length < MIN_BYTES || key.length > MAX_BYTES) {
            throw new IllegalArgumentException("number " + (index + 1) + " of millrace.webhooks.secrets is not "
                    + PREFIX + " and " + MIN_BYTES + " to " + MAX_BYTES + " bytes in Base64");
        }
        return key;
    }

    /** Whether there is no secret. */
    boolean none() {
        return signers.isEmpty();
    }

    /** The value of {@code webhook-signature}: one signature for each secret. */
    String of(String id, Instant at, String body) {
        return signers.stream().map(signer -> sign(signer, id, at, body)).collect(Collectors.joining(" "));
    }

    private static String sign(Webhook signer, String id, Instant at, String body) {
        try {
            return signer.sign(id, at.getEpochSecond(), body);
        } catch (WebhookSigningException e) {
            throw new IllegalStateException("every Java has HmacSHA256", e);
        }
    }
}
