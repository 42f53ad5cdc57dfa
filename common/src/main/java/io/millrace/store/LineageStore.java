package io.millrace.store;

import io.millrace.pipeline.ClosureDelta;
import io.millrace.pipeline.LineageGraph;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * What flows from which address to which, and what can be reached from where. Edges are changed at once; the closure
 * follows by a job that is submitted in the same transaction ({@code docs/decisions/0020-how-closures-stay-exact.md}).
 */
@Singleton
public class LineageStore {

    /** Changes that one rebuild takes on, its own besides. */
    private static final int CHANGES_AT_ONCE = 100;

    private static final int ANCESTORS_A_STEP = 500;
    private static final int ROWS_A_STEP = 20_000;

    private final Database database;

    public LineageStore(Database database) {
        this.database = database;
    }

    /** Something flows from the source to the target. */
    public record Edge(long source, long target) {}

    /** What became of edges that were to be added or removed. */
    public sealed interface Changed {
        /**
         * It is as it was asked.
         *
         * @param edges how many were not so before
         * @param jobId the job that rebuilds the closure, null if nothing has changed
         */
        record Edges(int edges, @Nullable UUID jobId) implements Changed {}

        /** There is no such pipeline. */
        record NoPipeline() implements Changed {}
    }

    // In one order, so that two that add the same wait for each other and never deadlock.
    private static final String ADD = """
            INSERT INTO lineage_edge (source, target, pipeline_id)
            SELECT u.source, u.target, $3::bigint FROM unnest($1::bigint[], $2::bigint[]) AS u(source, target) ORDER BY u.source, u.target
            ON CONFLICT DO NOTHING
            RETURNING source, target
            """;

    /** Adds edges of a pipeline. */
    public Changed add(long pipelineId, Collection<Edge> edges) {
        return change(ADD, pipelineId, edges);
    }

    private static final String REMOVE = """
            DELETE FROM lineage_edge e
            USING (SELECT e.source, e.target FROM unnest($1::bigint[], $2::bigint[]) AS u(source, target)
                   JOIN lineage_edge e ON e.source = u.source AND e.target = u.target AND e.pipeline_id = $3
                   ORDER BY e.source, e.target FOR UPDATE OF e) AS locked
            WHERE e.source = locked.source AND e.target = locked.target AND e.pipeline_id = $3
            RETURNING e.source, e.target
            """;

    /** Removes edges of a pipeline; where another has the same, that stays. */
    public Changed remove(long pipelineId, Collection<Edge> edges) {
        return change(REMOVE, pipelineId, edges);
    }

    private static final String NOTE_CHANGE = "INSERT INTO lineage_change (job_id, addresses) VALUES ($1, $2)";

    private Changed change(String statement, long pipelineId, Collection<Edge> edges) {
        return database.inTransaction(sql -> {
            if (PipelineStore.get(sql, pipelineId).isEmpty()) {
                return new Changed.NoPipeline();
            }
            List<Edge> changed = sql.list(
                    statement,
                    Tuple.tuple()
                            .addArrayOfLong(longs(edges, Edge::source))
                            .addArrayOfLong(longs(edges, Edge::target))
                            .addLong(pipelineId),
                    row -> new Edge(row.getLong("source"), row.getLong("target")));
            if (changed.isEmpty()) {
                return new Changed.Edges(0, null);
            }
            var connected = new TreeSet<Long>();
            changed.forEach(edge -> {
                connected.add(edge.source());
                connected.add(edge.target());
            });
            UUID job = Submit.in(
                    sql,
                    "address_lineage_closure_rebuild_task",
                    new JsonObject()
                            .put("connected_addresses", new JsonArray(List.copyOf(connected)))
                            .put("pipeline_id", pipelineId));
            sql.run(NOTE_CHANGE, Tuple.tuple().addUUID(job).addArrayOfLong(connected.toArray(Long[]::new)));
            return new Changed.Edges(changed.size(), job);
        });
    }

    /** An edge as a pipeline has said it. */
    public record Said(long source, long target, long pipelineId) {}

    private static final String EDGES = """
            SELECT source, target, pipeline_id FROM lineage_edge
            WHERE (source, target, pipeline_id) > ($1, $2, $3)
            ORDER BY source, target, pipeline_id
            LIMIT $4
            """;

    /** Edges of all pipelines in their order, behind this one. */
    public List<Said> edges(Said after, int limit) {
        return database.list(
                EDGES, Tuple.of(after.source(), after.target(), after.pipelineId(), limit), LineageStore::readSaid);
    }

    private static final String EDGES_OF = """
            SELECT source, target, pipeline_id FROM lineage_edge
            WHERE pipeline_id = $1 AND (source, target) > ($2, $3)
            ORDER BY source, target
            LIMIT $4
            """;

    /** Edges of one pipeline in their order, behind this one. */
    public List<Said> edgesOf(long pipelineId, Said after, int limit) {
        return database.list(
                EDGES_OF, Tuple.of(pipelineId, after.source(), after.target(), limit), LineageStore::readSaid);
    }

    private static Said readSaid(Row row) {
        return new Said(row.getLong("source"), row.getLong("target"), row.getLong("pipeline_id"));
    }

    /** An address that can be reached, and over how few edges. */
    public record Relative(long address, int depth) {}

    private static final String DESCENDANTS = """
            SELECT descendant AS address, depth FROM lineage_closure
            WHERE ancestor = $1 AND (depth, descendant) > ($2, $3)
            ORDER BY depth, descendant
            LIMIT $4
            """;

    /** What can be reached from an address, the nearest first, behind this place. */
    public List<Relative> descendants(long address, Relative after, int limit) {
        return relatives(DESCENDANTS, address, after, limit);
    }

    private static final String ANCESTORS = """
            SELECT ancestor AS address, depth FROM lineage_closure
            WHERE descendant = $1 AND (depth, ancestor) > ($2, $3)
            ORDER BY depth, ancestor
            LIMIT $4
            """;

    /** From where an address can be reached, the nearest first, behind this place. */
    public List<Relative> ancestors(long address, Relative after, int limit) {
        return relatives(ANCESTORS, address, after, limit);
    }

    private List<Relative> relatives(String statement, long address, Relative after, int limit) {
        return database.list(
                statement,
                Tuple.of(address, after.depth(), after.address(), limit),
                row -> new Relative(row.getLong("address"), row.getInteger("depth")));
    }

    /**
     * What a rebuild has done.
     *
     * @param changes how many changes of edges it has made up for
     * @param ancestors addresses from which something else may be reached than before
     */
    public record Rebuilt(int changes, int ancestors, long rows, int added, int changed, int removed) {}

    /** Told now and then how far a rebuild is; may throw, to end it. */
    @FunctionalInterface
    public interface Steps {
        /** So many ancestors of so many are done. */
        void at(int done, int total);
    }

    private static final String TRY_LOCK =
            "SELECT pg_try_advisory_xact_lock(hashtextextended('millrace.lineage_closure', 0)) AS got";

    private static final String IS_DONE = """
            SELECT EXISTS (SELECT 1 FROM lineage_change WHERE job_id = $1 AND rebuilt_at IS NOT NULL) AS done
            """;

    private static final String TAKE_CHANGES = """
            UPDATE lineage_change SET rebuilt_at = now()
            WHERE job_id = ANY (ARRAY(SELECT job_id FROM lineage_change WHERE rebuilt_at IS NULL ORDER BY job_id LIMIT $1))
            RETURNING addresses
            """;

    private static final String FORGET_CHANGES = """
            DELETE FROM lineage_change
            WHERE job_id = ANY (ARRAY(SELECT job_id FROM lineage_change WHERE rebuilt_at < now() - interval '1 day' LIMIT 1000))
            """;

    /**
     * Makes the closure right again around these addresses, and around those of every other change that waits for it:
     * for whoever can reach one of them, or could.
     *
     * @param jobId if this job was submitted with a change that another rebuild has made up for, its addresses need
     *     nothing more
     * @return empty if another rebuild is under way
     */
    public Optional<Rebuilt> rebuild(UUID jobId, Collection<Long> addresses, Steps steps) {
        return database.inTransaction(sql -> {
            if (!yes(sql, TRY_LOCK, Tuple.tuple(), "got")) {
                return Optional.empty();
            }
            SortedSet<Long> touched = new TreeSet<>();
            if (!yes(sql, IS_DONE, Tuple.of(jobId), "done")) {
                touched.addAll(addresses);
            }
            List<Long[]> changes =
                    sql.list(TAKE_CHANGES, Tuple.of(CHANGES_AT_ONCE), row -> row.getArrayOfLongs("addresses"));
            changes.forEach(each -> touched.addAll(List.of(each)));
            sql.run(FORGET_CHANGES, Tuple.tuple());
            return Optional.of(new Rebuild(sql, steps, changes.size()).around(touched));
        });
    }

    private static boolean yes(Sql sql, String question, Tuple parameters, String column) {
        return sql.first(question, parameters, row -> row.getBoolean(column)).orElse(false);
    }

    // Whoever can reach a touched address now, by the edges, and whoever could, by what is stored.
    private static final String AFFECTED = """
            WITH RECURSIVE up (address) AS (
              SELECT unnest($1::bigint[])
              UNION
              SELECT e.source FROM up CROSS JOIN LATERAL (SELECT source FROM lineage_edge WHERE target = up.address) AS e
            )
            SELECT address FROM up
            UNION
            SELECT ancestor FROM lineage_closure WHERE descendant = ANY ($1)
            ORDER BY 1
            """;

    // One statement, so that all edges are as of one moment.
    private static final String EDGES_BELOW = """
            WITH RECURSIVE down (address) AS (
              SELECT unnest($1::bigint[])
              UNION
              SELECT e.target FROM down CROSS JOIN LATERAL (SELECT target FROM lineage_edge WHERE source = down.address) AS e
            )
            SELECT DISTINCT down.address AS source, e.target
            FROM down CROSS JOIN LATERAL (SELECT target FROM lineage_edge WHERE source = down.address) AS e
            """;

    private static final String STORED = """
            SELECT ancestor, array_agg(descendant) AS descendants, array_agg(depth) AS depths
            FROM lineage_closure WHERE ancestor = ANY ($1) GROUP BY ancestor
            """;

    private static final String ADD_ROWS = """
            INSERT INTO lineage_closure (ancestor, descendant, depth) SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::int[])
            """;

    private static final String CHANGE_ROWS = """
            UPDATE lineage_closure c SET depth = u.depth
            FROM unnest($1::bigint[], $2::bigint[], $3::int[]) AS u(ancestor, descendant, depth)
            WHERE c.ancestor = u.ancestor AND c.descendant = u.descendant
            """;

    private static final String REMOVE_ROWS = """
            DELETE FROM lineage_closure c
            USING unnest($1::bigint[], $2::bigint[], $3::int[]) AS u(ancestor, descendant, depth)
            WHERE c.ancestor = u.ancestor AND c.descendant = u.descendant
            """;

    /** One rebuild, in its transaction, while nobody else rebuilds. */
    private static final class Rebuild {
        private final Sql sql;
        private final Steps steps;
        private final int changes;
        private long rows;
        private int added;
        private int changed;
        private int removed;

        Rebuild(Sql sql, Steps steps, int changes) {
            this.sql = sql;
            this.steps = steps;
            this.changes = changes;
        }

        Rebuilt around(SortedSet<Long> touched) {
            List<Long> affected =
                    touched.isEmpty() ? List.of() : sql.list(AFFECTED, addresses(touched), row -> row.getLong(0));
            LineageGraph graph = affected.isEmpty() ? null : graphBelow(affected);
            var reaches = new HashMap<Long, LineageGraph.Reach>();
            long reached = 0;
            for (int i = 0; i < affected.size() && graph != null; i++) {
                LineageGraph.Reach reach = graph.from(affected.get(i));
                reaches.put(affected.get(i), reach);
                reached += reach.size();
                if (reached >= ROWS_A_STEP || reaches.size() == ANCESTORS_A_STEP || i == affected.size() - 1) {
                    write(reaches);
                    rows += reached;
                    reaches.clear();
                    reached = 0;
                    steps.at(i + 1, affected.size());
                }
            }
            return new Rebuilt(changes, affected.size(), rows, added, changed, removed);
        }

        private LineageGraph graphBelow(List<Long> affected) {
            List<Edge> edges = sql.list(
                    EDGES_BELOW, addresses(affected), row -> new Edge(row.getLong("source"), row.getLong("target")));
            return LineageGraph.of(
                    edges.stream().mapToLong(Edge::source).toArray(),
                    edges.stream().mapToLong(Edge::target).toArray());
        }

        private void write(Map<Long, LineageGraph.Reach> reaches) {
            Map<Long, Map<Long, Integer>> stored = new HashMap<>();
            for (Row row : sql.run(STORED, addresses(reaches.keySet()))) {
                stored.put(row.getLong("ancestor"), depths(row));
            }
            var all = new ClosureDelta(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
            reaches.forEach((ancestor, reach) -> {
                var delta = ClosureDelta.between(ancestor, stored.getOrDefault(ancestor, Map.of()), reach);
                all.added().addAll(delta.added());
                all.changed().addAll(delta.changed());
                all.removed().addAll(delta.removed());
            });
            removed += run(REMOVE_ROWS, all.removed());
            changed += run(CHANGE_ROWS, all.changed());
            added += run(ADD_ROWS, all.added());
        }

        private static Map<Long, Integer> depths(Row row) {
            Long[] descendants = row.getArrayOfLongs("descendants");
            Integer[] depths = row.getArrayOfIntegers("depths");
            var byDescendant = HashMap.<Long, Integer>newHashMap(descendants.length);
            for (int i = 0; i < descendants.length; i++) {
                byDescendant.put(descendants[i], depths[i]);
            }
            return byDescendant;
        }

        private int run(String statement, List<ClosureDelta.Row> rows) {
            for (int from = 0; from < rows.size(); from += ROWS_A_STEP) {
                List<ClosureDelta.Row> step = rows.subList(from, Math.min(rows.size(), from + ROWS_A_STEP));
                sql.run(
                        statement,
                        Tuple.tuple()
                                .addArrayOfLong(longs(step, ClosureDelta.Row::ancestor))
                                .addArrayOfLong(longs(step, ClosureDelta.Row::descendant))
                                .addArrayOfInteger(step.stream()
                                        .map(ClosureDelta.Row::depth)
                                        .toArray(Integer[]::new)));
            }
            return rows.size();
        }

        private static Tuple addresses(Collection<Long> addresses) {
            return Tuple.tuple().addArrayOfLong(addresses.toArray(Long[]::new));
        }
    }

    private static <T> Long[] longs(Collection<T> values, ToLongFunction<T> read) {
        return values.stream().map((Function<T, Long>) read::applyAsLong).toArray(Long[]::new);
    }
}
