package io.millrace.store;

import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.SslMode;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.Optional;

/** Puts {@link DatabaseTlsConfig} into the words of both clients: the reactive one, and the JDBC driver of migrations. */
final class DatabaseTls {

    private DatabaseTls() {}

    /** Has a connection of the pool use TLS as configured. */
    static void apply(DatabaseTlsConfig config, PgConnectOptions options) {
        SslMode mode = mode(config).orElse(null);
        if (mode == null) {
            return;
        }
        options.setSslMode(mode);
        boolean verifies = mode == SslMode.VERIFY_CA || mode == SslMode.VERIFY_FULL;
        options.setTrustAll(!verifies);
        // Only verify-full asks whether the certificate is of this host.
        options.setHostnameVerificationAlgorithm(mode == SslMode.VERIFY_FULL ? "HTTPS" : "");
        if (verifies) {
            config.ca().ifPresent(ca -> options.setTrustOptions(new PemTrustOptions().addCertPath(ca.toString())));
        }
        if (config.certificate().isPresent() && config.key().isPresent()) {
            options.setKeyCertOptions(new PemKeyCertOptions()
                    .setCertPath(config.certificate().get().toString())
                    .setKeyPath(config.key().get().toString()));
        }
    }

    /** The same for a JDBC address. */
    static String jdbc(DatabaseTlsConfig config, String url) {
        return mode(config)
                .map(mode -> url + (url.indexOf('?') < 0 ? "?" : "&") + "sslmode=" + mode.value
                        + parameter("sslrootcert", config.ca())
                        + parameter("sslcert", config.certificate())
                        + parameter("sslkey", config.key())
                        + parameter("pemKeyAlgorithm", config.certificate().map(DatabaseTls::algorithm)))
                .orElse(url);
    }

    private static String parameter(String name, Optional<?> value) {
        return value.map(each -> "&" + name + "=" + URLEncoder.encode(each.toString(), StandardCharsets.UTF_8))
                .orElse("");
    }

    /** What a certificate's key is of, such as EC: the driver takes any to be RSA unless it is told. */
    private static String algorithm(Path certificate) {
        try (InputStream in = Files.newInputStream(certificate)) {
            return CertificateFactory.getInstance("X.509")
                    .generateCertificate(in)
                    .getPublicKey()
                    .getAlgorithm();
        } catch (IOException | CertificateException e) {
            throw new IllegalArgumentException(
                    "millrace.database.tls.certificate: " + certificate + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static Optional<SslMode> mode(DatabaseTlsConfig config) {
        Optional<SslMode> mode = config.mode().map(word -> {
            try {
                return SslMode.of(word);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(
                        "millrace.database.tls.mode: '" + word
                                + "' must be disable, allow, prefer, require, verify-ca or verify-full",
                        e);
            }
        });
        if (mode.filter(each -> each == SslMode.VERIFY_CA || each == SslMode.VERIFY_FULL)
                        .isPresent()
                && config.ca().isEmpty()) {
            throw new IllegalArgumentException("millrace.database.tls: mode " + mode.get().value
                    + " needs ca, the authorities whose certificates are good");
        }
        if (config.certificate().isPresent() != config.key().isPresent()) {
            throw new IllegalArgumentException("millrace.database.tls: certificate and key go together");
        }
        return mode;
    }
}
