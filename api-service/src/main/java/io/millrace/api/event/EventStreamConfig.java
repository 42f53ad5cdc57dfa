package io.millrace.api.event;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** Streams of events over HTTP. */
@ConfigMapping(prefix = "millrace.event-streams")
interface EventStreamConfig {

    /** Streams that may be open at once on one API process; one more is refused as {@code too_many_subscribers}. */
    @WithDefault("500")
    int max();

    /** Events that may wait for one stream's client. A client that falls behind further is cut off. */
    @WithDefault("8192")
    int buffer();

    /** After how long a silent stream gets a comment, so that nobody between takes it for dead. */
    @WithDefault("15s")
    Duration heartbeat();

    /** How often a stream of one job looks at its row, in case the event of its end was lost. */
    @WithDefault("2s")
    Duration look();

    /** How long a client that was cut off may take for what it was sent before; then its connection is closed. */
    @WithDefault("30s")
    Duration grace();

    /** How many records of Kafka, each of up to a thousand events, {@code Last-Event-ID} may reach back. */
    @WithDefault("10000")
    long lookBack();

    /** How long opening a stream may wait for Kafka. Without Kafka it opens all the same, and events come when Kafka does. */
    @WithDefault("2s")
    Duration openTimeout();

    /** How long events are read on after the last stream has ended, because the next one often comes soon. */
    @WithDefault("30s")
    Duration linger();
}
