package io.millrace.api.event;

import io.millrace.job.Job;
import io.millrace.store.JobQueries;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.impl.ConnectionBase;
import jakarta.inject.Singleton;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.StreamingOutput;
import java.time.Clock;
import org.jboss.resteasy.reactive.RestResponse;
import org.jspecify.annotations.Nullable;

/** Opens streams. Whatever can be refused is refused before the first byte of one. */
@Singleton
class EventStreams {

    private final EventFeed feed;
    private final MissedEvents missed;
    private final EventStreamConfig config;
    private final JobQueries queries;
    private final Clock clock;

    EventStreams(EventFeed feed, MissedEvents missed, EventStreamConfig config, JobQueries queries, Clock clock) {
        this.feed = feed;
        this.missed = missed;
        this.config = config;
        this.queries = queries;
        this.clock = clock;
    }

    /** The events that a filter lets through. */
    RestResponse<StreamingOutput> all(EventFilter filter, @Nullable String lastEventId, HttpServerRequest request) {
        return open(filter, lastEventId, null, request);
    }

    /** The events of a job, until it ends. */
    RestResponse<StreamingOutput> of(Job job, @Nullable String lastEventId, HttpServerRequest request) {
        return open(EventFilter.ofJob(job.id()), lastEventId, new JobWatch(job.id(), queries, clock), request);
    }

    private RestResponse<StreamingOutput> open(
            EventFilter filter, @Nullable String lastEventId, @Nullable JobWatch job, HttpServerRequest request) {
        Client client = client(request);
        EventId after = EventId.parse(lastEventId).orElse(null);
        StreamingOutput stream = new EventStream(feed.subscribe(filter, client), missed, config, after, job, client);
        return RestResponse.ResponseBuilder.ok(stream)
                // Between us and the client, nothing shall keep events back or for later.
                .header(HttpHeaders.CACHE_CONTROL, "no-store")
                .header("X-Accel-Buffering", "no")
                .build();
    }

    private static Client client(HttpServerRequest request) {
        return new Client() {
            @Override
            public boolean gone() {
                return request.response().closed();
            }

            @Override
            public void disconnect() {
                // Closing in order would wait until all is sent, and that is just what the client does not let happen.
                if (request.connection() instanceof ConnectionBase connection) {
                    var _ = connection.channel().close();
                } else {
                    var _ = request.connection().close();
                }
            }
        };
    }
}
