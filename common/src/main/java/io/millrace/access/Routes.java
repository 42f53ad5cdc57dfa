package io.millrace.access;

import io.millrace.access.Need.Reach;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What each route needs, as one table; the first rule that fits holds. What no rule knows is an admin's: a route that was
 * forgotten here is closed, not open.
 */
public final class Routes {

    private static final Reach SHARED = new Reach.Shared();
    private static final Reach WITHIN = new Reach.Within();
    private static final Reach CLUSTER = new Reach.Cluster();
    private static final List<String> AMBIGUOUS = List.of(";", "\\", "%2f", "%5c", "%3b");
    private static final Need UNKNOWN = new Need(Role.ADMIN, CLUSTER);

    /** {@code {}} stands for any one segment, {@code **} for any number of them, {@code *} for every method that changes something. */
    private static final List<Rule> TABLE = List.of(
            open("GET /q/health/**"),
            open("GET /login"),
            open("* /login"),
            open("* /logout"),
            // What the page of the login looks like.
            open("GET /dashboard/app.css"),
            open("GET /dashboard/theme.js"),
            open("GET /dashboard/icon.svg"),
            rule("GET /q/metrics/**", Role.VIEWER, CLUSTER),
            rule("GET /q/openapi/**", Role.VIEWER, SHARED),
            rule("GET /q/swagger-ui/**", Role.VIEWER, SHARED),
            rule("GET /q/**", Role.ADMIN, CLUSTER),
            //
            rule("GET /api/v1/caller", Role.VIEWER, SHARED),
            rule("GET /api/v1/keys/**", Role.ADMIN, CLUSTER),
            rule("* /api/v1/keys/**", Role.ADMIN, CLUSTER),
            rule("GET /api/v1/audit", Role.ADMIN, CLUSTER),
            rule("GET /api/v1/jobs", Role.VIEWER, WITHIN),
            rule("POST /api/v1/jobs", Role.SUBMITTER, WITHIN),
            rule("POST /api/v1/jobs/bulk", Role.SUBMITTER, WITHIN),
            rule("POST /api/v1/jobs/replay", Role.OPERATOR, WITHIN),
            one("GET /api/v1/jobs/{}/**", Role.VIEWER, Kind.JOB),
            one("POST /api/v1/jobs/{}/**", Role.SUBMITTER, Kind.JOB),
            rule("GET /api/v1/events", Role.VIEWER, WITHIN),
            rule("GET /api/v1/batches", Role.VIEWER, WITHIN),
            rule("POST /api/v1/batches", Role.SUBMITTER, WITHIN),
            one("GET /api/v1/batches/{}/**", Role.VIEWER, Kind.BATCH),
            one("POST /api/v1/batches/{}/**", Role.SUBMITTER, Kind.BATCH),
            one("GET /api/v1/callbacks/{}", Role.VIEWER, Kind.CALLBACK),
            one("POST /api/v1/callbacks/{}/redeliver", Role.SUBMITTER, Kind.CALLBACK),
            //
            one("GET /api/v1/dashboard/jobs/{}/**", Role.VIEWER, Kind.JOB),
            one("GET /api/v1/dashboard/batches/{}/**", Role.VIEWER, Kind.BATCH),
            rule("GET /api/v1/dashboard/**", Role.VIEWER, CLUSTER),
            rule("GET /api/v1/tasks/**", Role.VIEWER, SHARED),
            rule("* /api/v1/tasks/**", Role.OPERATOR, CLUSTER),
            rule("GET /api/v1/queues/**", Role.VIEWER, SHARED),
            rule("* /api/v1/queues/**", Role.OPERATOR, CLUSTER),
            rule("GET /api/v1/stats", Role.VIEWER, CLUSTER),
            rule("GET /api/v1/alerts/**", Role.VIEWER, CLUSTER),
            rule("* /api/v1/alerts/**", Role.OPERATOR, CLUSTER),
            rule("GET /api/v1/workers/**", Role.VIEWER, CLUSTER),
            rule("* /api/v1/workers/**", Role.OPERATOR, CLUSTER),
            rule("GET /api/v1/limits/**", Role.VIEWER, CLUSTER),
            rule("* /api/v1/limits/**", Role.OPERATOR, CLUSTER),
            rule("GET /api/v1/schedules/**", Role.VIEWER, CLUSTER),
            rule("* /api/v1/schedules/**", Role.OPERATOR, CLUSTER),
            //
            rule("GET /api/v1/workflows/batches", Role.VIEWER, WITHIN),
            rule("POST /api/v1/workflows/batches", Role.SUBMITTER, WITHIN),
            one("GET /api/v1/workflows/batches/{}/**", Role.VIEWER, Kind.WORKFLOW_BATCH),
            one("POST /api/v1/workflows/batches/{}/**", Role.SUBMITTER, Kind.WORKFLOW_BATCH),
            one("GET /api/v1/workflows/jobs/{}/**", Role.VIEWER, Kind.WORKFLOW_JOB),
            one("POST /api/v1/workflows/jobs/{}/**", Role.SUBMITTER, Kind.WORKFLOW_JOB),
            rule("GET /api/v1/pipelines/**", Role.VIEWER, CLUSTER),
            rule("* /api/v1/pipelines/**", Role.SUBMITTER, CLUSTER),
            rule("GET /api/v1/lineage/**", Role.VIEWER, CLUSTER),
            rule("* /api/v1/lineage/**", Role.SUBMITTER, CLUSTER),
            rule("GET /api/v1/market/**", Role.VIEWER, CLUSTER),
            rule("* /api/v1/market/**", Role.SUBMITTER, CLUSTER),
            rule("* /api/v1/background/**", Role.SUBMITTER, CLUSTER),
            rule("GET /api/v1/configs/**", Role.VIEWER, WITHIN),
            rule("POST /api/v1/configs", Role.SUBMITTER, WITHIN),
            rule("POST /api/v1/llm/call", Role.SUBMITTER, WITHIN),
            rule("GET /api/v1/llm/calls", Role.VIEWER, WITHIN),
            one("GET /api/v1/llm/calls/{}", Role.VIEWER, Kind.LLM_CALL),
            rule("POST /api/v1/documents/transform", Role.SUBMITTER, WITHIN),
            one("GET /api/v1/documents/{}/**", Role.VIEWER, Kind.DOCUMENT),
            rule("GET /api/v1/audio/jobs", Role.VIEWER, WITHIN),
            rule("POST /api/v1/audio/jobs", Role.SUBMITTER, WITHIN),
            one("GET /api/v1/audio/jobs/{}/**", Role.VIEWER, Kind.AUDIO_JOB),
            one("DELETE /api/v1/audio/jobs/{}", Role.SUBMITTER, Kind.AUDIO_JOB),
            //
            rule("GET /api/**", Role.ADMIN, CLUSTER),
            rule("GET /**", Role.VIEWER, SHARED));

    private Routes() {}

    /**
     * What a request needs.
     *
     * @param path as it was written; one that is written unusually is known to no rule, since others may read it
     *     otherwise than is done here
     * @param normalized the same without dot segments, doubled slashes and needless escapes
     */
    public static Need need(String method, String path, String normalized) {
        if (!path.equals(normalized) || ambiguous(path)) {
            return UNKNOWN;
        }
        String verb = method.equals("HEAD") || method.equals("OPTIONS") ? "GET" : method;
        List<String> segments = segments(path);
        for (Rule rule : TABLE) {
            if (rule.fits(verb, segments)) {
                return rule.need(segments);
            }
        }
        return UNKNOWN;
    }

    /** Whether a method changes something. */
    public static boolean changes(String method) {
        return !method.equals("GET") && !method.equals("HEAD") && !method.equals("OPTIONS");
    }

    /** What is one segment to some and two to others: an escaped slash, a backslash, a parameter of a segment. */
    private static boolean ambiguous(String path) {
        String lower = path.toLowerCase(Locale.ROOT);
        return AMBIGUOUS.stream().anyMatch(lower::contains);
    }

    private static List<String> segments(String path) {
        var segments = new ArrayList<String>();
        for (String segment : path.split("/", -1)) {
            if (!segment.isEmpty()) {
                segments.add(segment);
            }
        }
        return segments;
    }

    private static Rule open(String route) {
        return Rule.of(route, null, SHARED, null);
    }

    private static Rule rule(String route, Role role, Reach reach) {
        return Rule.of(route, role, reach, null);
    }

    private static Rule one(String route, Role role, Kind kind) {
        return Rule.of(route, role, CLUSTER, kind);
    }

    /**
     * One row.
     *
     * @param kind what the first {@code {}} is the id of; null where the reach is the same for all
     */
    private record Rule(
            String method,
            List<String> pattern,
            @Nullable Role role,
            Reach reach,
            @Nullable Kind kind) {

        static Rule of(String route, @Nullable Role role, Reach reach, @Nullable Kind kind) {
            int space = route.indexOf(' ');
            return new Rule(route.substring(0, space), segments(route.substring(space + 1)), role, reach, kind);
        }

        boolean fits(String verb, List<String> path) {
            boolean method = this.method.equals("*") ? !verb.equals("GET") : this.method.equals(verb);
            if (!method) {
                return false;
            }
            for (int i = 0; i < pattern.size(); i++) {
                String expected = pattern.get(i);
                if (expected.equals("**")) {
                    return true;
                }
                if (i >= path.size() || !(expected.equals("{}") || expected.equals(path.get(i)))) {
                    return false;
                }
            }
            return path.size() == pattern.size();
        }

        Need need(List<String> path) {
            return new Need(role, kind == null ? reach : new Reach.One(kind, path.get(pattern.indexOf("{}"))));
        }
    }
}
