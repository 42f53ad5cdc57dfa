package io.millrace.store;

import io.smallrye.config.ConfigMapping;
import java.nio.file.Path;
import java.util.Optional;

/** TLS on the way to PostgreSQL, for the pool and for migrations alike. */
@ConfigMapping(prefix = "millrace.database.tls")
public interface DatabaseTlsConfig {

    /**
     * How PostgreSQL's own {@code sslmode} has it: {@code disable}, {@code prefer}, {@code require} (encrypted, to
     * whomever), {@code verify-ca} or {@code verify-full} (encrypted, to the host that was meant). As
     * {@code quarkus.datasource} says if nothing is said.
     */
    Optional<String> mode();

    /** A PEM file with the authorities whose certificates are good. Required to verify. */
    Optional<Path> ca();

    /** A PEM file with this service's own certificate, where PostgreSQL asks for one. */
    Optional<Path> certificate();

    /** A PEM file with that certificate's key (PKCS #8), named {@code .key} or {@code .pem}. */
    Optional<Path> key();
}
