/**
 * Files that are too large for the database, by keys: in a folder that all services see
 * ({@link io.millrace.storage.FolderStorage}), or in a bucket of an S3-compatible server
 * ({@link io.millrace.storage.S3Storage}). A row names a file by its key; what no row names is not there.
 */
@NullMarked
package io.millrace.storage;

import org.jspecify.annotations.NullMarked;
