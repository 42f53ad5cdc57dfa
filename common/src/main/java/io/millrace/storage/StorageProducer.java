package io.millrace.storage;

import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/** The storage that the configuration names. */
final class StorageProducer {

    @Produces
    @Singleton
    Storage storage(StorageConfig config) {
        return config.s3().bucket().isPresent() ? new S3Storage(config.s3()) : new FolderStorage(config.folder());
    }
}
