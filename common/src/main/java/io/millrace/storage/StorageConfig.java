package io.millrace.storage;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Where files are kept that jobs are about. The API and its workers must say the same. */
@ConfigMapping(prefix = "millrace.storage")
public interface StorageConfig {

    /** The folder they are in, where no bucket is named. On several machines it is one that all of them see. */
    @WithDefault("${user.home}/.millrace/storage")
    Path folder();

    /** The bucket they are in instead. */
    S3 s3();

    /** A bucket of an S3-compatible server: AWS, MinIO, Ceph and others. */
    interface S3 {

        /** The bucket's name. It is there already. Where none is named, files are kept in the folder. */
        Optional<String> bucket();

        /** Where the server is, such as {@code http://minio:9000}; {@code https://s3.<region>.amazonaws.com} if not said. */
        Optional<URI> endpoint();

        /** The server's region. */
        @WithDefault("us-east-1")
        String region();

        /** The key we are known by. */
        Optional<String> accessKey();

        /** The secret that goes with it; best given in the environment. */
        Optional<String> secretKey();

        /** What goes with credentials that are lent for a while. */
        Optional<String> sessionToken();

        /** What the keys of all files begin with, such as {@code millrace/}. */
        Optional<String> prefix();

        /** How long a connection may take. */
        @WithDefault("5s")
        Duration connectTimeout();

        /** How long it may take to send a file or to fetch one. */
        @WithDefault("10m")
        Duration timeout();
    }
}
