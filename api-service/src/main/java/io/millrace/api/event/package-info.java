/**
 * Events as server-sent events: of one job until it ends, and of all. While anybody watches, one reader follows Kafka's
 * topic and gives each event to whoever asked for it ({@link io.millrace.api.event.EventFeed}); everybody has a bounded
 * buffer, and who is too slow is cut off, so that nobody waits for anybody.
 */
@NullMarked
package io.millrace.api.event;

import org.jspecify.annotations.NullMarked;
