package io.millrace.api.body;

import io.millrace.api.problem.Problem;
import io.millrace.api.problem.ProblemCode;
import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How large a request's body may be. {@code quarkus.http.limits.max-body-size} stands far behind it, because it refuses
 * without saying why.
 */
@ConfigMapping(prefix = "millrace.http")
public interface BodyLimits {

    /** Where many jobs come in one body. */
    String BULK = "/api/v1/jobs/bulk";

    /** Where a batch comes in one body. */
    String BATCHES = "/api/v1/batches";

    /** Where many remote workflows come in one body. */
    String WORKFLOWS = "/api/v1/workflows/batches";

    /** Where many prices come in one body. */
    String PRICES = "/api/v1/market/prices";

    /** Where there may be many of something in one body. */
    Set<String> MANY = Set.of(BULK, BATCHES, WORKFLOWS, PRICES);

    /** Where a document comes as a body. */
    String DOCUMENTS = "/api/v1/documents/transform";

    /** Where a sound comes in one body. */
    String SOUNDS = "/api/v1/audio/jobs";

    // What comes too much is read to its end up to this size, because a client that is still writing would see a reset
    // connection instead of the answer.
    long DRAINED = 64L << 20;

    /** The largest body of a request with one job, and of every other request that is not named here. */
    @WithDefault("1M")
    MemorySize maxBody();

    /** The largest body of a request with many jobs, remote workflows or prices. */
    @WithDefault("32M")
    MemorySize maxBulkBody();

    /** The largest document that is taken. */
    @WithDefault("10M")
    MemorySize maxDocument();

    /** The largest body of a request with a file; no other may be larger. */
    @WithDefault("512M")
    MemorySize maxUpload();

    /** The limit of requests to this path, in bytes. */
    default long at(@Nullable String path) {
        if (DOCUMENTS.equals(path)) {
            return maxDocument().asLongValue();
        }
        if (SOUNDS.equals(path)) {
            return maxUpload().asLongValue();
        }
        return (MANY.contains(String.valueOf(path)) ? maxBulkBody() : maxBody()).asLongValue();
    }

    /** A body beyond {@code limit} bytes. */
    static Problem tooLarge(long limit) {
        return Problem.of(ProblemCode.PAYLOAD_TOO_LARGE, "A body may have " + limit + " bytes here.");
    }
}
