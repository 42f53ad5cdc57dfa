package io.millrace.worker.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.job.Claim;
import io.millrace.store.BatchStore;
import io.millrace.store.JobQueries;
import jakarta.inject.Singleton;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * Puts the results of parents in the place of {@code {"$result": "key"}}, just before a job runs: the row keeps its
 * arguments as they were submitted, and only a job that names a result costs a question. A result that is not there,
 * because its job did not succeed or it is no longer kept, is null.
 */
@Singleton
class PassedResults {

    private static final String REFERENCE = "$result";

    /** Of all results that one job is passed, in characters of JSON; each reference counts. */
    private static final long MOST_PASSED = 32L << 20;

    private static final int AT_ONCE = 1_000;

    /** Numbers go through as they were written. */
    private static final ObjectMapper JSON = JsonMapper.builder()
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private final BatchStore batches;
    private final JobQueries queries;

    PassedResults(BatchStore batches, JobQueries queries) {
        this.batches = batches;
        this.queries = queries;
    }

    /**
     * The arguments of a claim with every result in its place.
     *
     * @throws io.millrace.store.StoreUnavailable if the results cannot be read now
     */
    String into(Claim claim) throws JsonProcessingException {
        UUID batch = claim.batchId();
        if (batch == null || !claim.args().contains(REFERENCE)) {
            return claim.args();
        }
        JsonNode args = JSON.readTree(claim.args());
        var keys = new LinkedHashSet<String>();
        collect(args, keys);
        return keys.isEmpty() ? claim.args() : JSON.writeValueAsString(new Filling(results(batch, keys)).fill(args));
    }

    private Map<String, String> results(UUID batch, Set<String> keys) {
        Map<String, UUID> ids = batches.idsOf(batch, keys);
        List<UUID> all = List.copyOf(ids.values());
        var found = new HashMap<UUID, String>();
        long size = 0;
        for (int from = 0; from < all.size(); from += AT_ONCE) {
            Map<UUID, String> some = queries.resultsOf(all.subList(from, Math.min(all.size(), from + AT_ONCE)));
            size += some.values().stream().mapToLong(String::length).sum();
            refuseBeyond(size);
            found.putAll(some);
        }
        var results = new HashMap<String, String>();
        ids.forEach((key, id) -> results.put(key, found.getOrDefault(id, "null")));
        return results;
    }

    private static void refuseBeyond(long size) {
        if (size > MOST_PASSED) {
            throw new IllegalArgumentException(
                    "the results passed to this job are larger than " + MOST_PASSED + " characters");
        }
    }

    private static void collect(JsonNode node, Set<String> keys) {
        if (isReference(node)) {
            keys.add(node.path(REFERENCE).textValue());
        } else {
            node.forEach(child -> collect(child, keys));
        }
    }

    private static boolean isReference(JsonNode node) {
        return node.isObject() && node.size() == 1 && node.path(REFERENCE).isTextual();
    }

    /** What is put in is not looked into again: a result that looks like a reference is a result. */
    private static final class Filling {
        private final Map<String, String> results;
        private long size;

        Filling(Map<String, String> results) {
            this.results = results;
        }

        JsonNode fill(JsonNode node) throws JsonProcessingException {
            if (isReference(node)) {
                String result = results.get(node.path(REFERENCE).textValue());
                if (result == null) {
                    return NullNode.getInstance();
                }
                size += result.length();
                refuseBeyond(size);
                return JSON.readTree(result);
            }
            if (node instanceof ObjectNode object) {
                for (String name :
                        object.properties().stream().map(Map.Entry::getKey).toList()) {
                    object.set(name, fill(object.path(name)));
                }
            } else if (node instanceof ArrayNode array) {
                for (int i = 0; i < array.size(); i++) {
                    array.set(i, fill(array.get(i)));
                }
            }
            return node;
        }
    }
}
