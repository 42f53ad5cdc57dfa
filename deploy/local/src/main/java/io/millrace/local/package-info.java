/**
 * The servers Millrace needs, on one machine without Docker or root: an embedded PostgreSQL ({@link
 * io.millrace.local.LocalPostgres}), a Kafka broker of one node ({@link io.millrace.local.LocalKafka}), and the launcher
 * behind {@code make run} ({@link io.millrace.local.Main}), which keeps both and the three services running as processes
 * of their own. Tests use the two servers directly; nothing here is used in production.
 */
@NullMarked
package io.millrace.local;

import org.jspecify.annotations.NullMarked;
