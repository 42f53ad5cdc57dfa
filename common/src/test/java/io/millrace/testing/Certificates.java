package io.millrace.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.util.Base64;
import java.util.concurrent.TimeUnit;

/** Certificates for tests, made when they are asked for: nothing secret is kept with the sources, and nothing expires there. */
public final class Certificates {

    /** What opens a {@link Made#store}. */
    public static final String PASSWORD = "changeit";

    private Certificates() {}

    /**
     * A certificate that is its own authority, and its key.
     *
     * @param certificate in PEM
     * @param key in PEM, for its owner's eyes only
     * @param both the key and the certificate, in PEM
     * @param store the same as PKCS 12
     */
    public record Made(Path certificate, Path key, Path both, Path store) {}

    /** Makes one of this name, of a server on 127.0.0.1 or of any client. */
    public static Made make(Path folder, String name) throws Exception {
        Path store = folder.resolve(name + ".p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        name,
                        "-keyalg",
                        "EC",
                        "-groupname",
                        "secp256r1",
                        "-dname",
                        "CN=" + name,
                        "-ext",
                        "SAN=ip:127.0.0.1",
                        "-ext",
                        "bc:c",
                        "-validity",
                        "2",
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        PASSWORD,
                        "-keystore",
                        store.toString())
                .inheritIO()
                .start();
        assertThat(keytool.waitFor(60, TimeUnit.SECONDS) && keytool.exitValue() == 0)
                .isTrue();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD.toCharArray());
        }
        String certificate = pem("CERTIFICATE", keys.getCertificate(name).getEncoded());
        String key =
                pem("PRIVATE KEY", keys.getKey(name, PASSWORD.toCharArray()).getEncoded());
        Path secret = Files.writeString(folder.resolve(name + ".key"), key);
        Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
        return new Made(
                Files.writeString(folder.resolve(name + ".crt"), certificate),
                secret,
                Files.writeString(folder.resolve(name + ".pem"), key + certificate),
                store);
    }

    private static String pem(String what, byte[] bytes) {
        return "-----BEGIN " + what + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes) + "\n-----END " + what + "-----\n";
    }
}
