package io.millrace.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.access.Need.Reach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RoutesTest {

    private static Need need(String method, String path) {
        return Routes.need(method, path, path);
    }

    @ParameterizedTest
    @CsvSource({
        "GET,    /api/v1/jobs,                     VIEWER",
        "HEAD,   /api/v1/jobs,                     VIEWER",
        "POST,   /api/v1/jobs,                     SUBMITTER",
        "POST,   /api/v1/jobs/,                    SUBMITTER",
        "POST,   /api/v1/jobs/bulk,                SUBMITTER",
        "POST,   /api/v1/jobs/replay,              OPERATOR",
        "POST,   /api/v1/jobs/7/revoke,            SUBMITTER",
        "GET,    /api/v1/jobs/7/events,            VIEWER",
        "DELETE, /api/v1/jobs/7,                   ADMIN",
        "POST,   /api/v1/callbacks/7/redeliver,    SUBMITTER",
        "GET,    /api/v1/queues,                   VIEWER",
        "POST,   /api/v1/queues/default/purge,     OPERATOR",
        "PATCH,  /api/v1/tasks/demo.echo,          OPERATOR",
        "POST,   /api/v1/workers/w1/shutdown,      OPERATOR",
        "DELETE, /api/v1/schedules/nightly,        OPERATOR",
        "POST,   /api/v1/schedules/nightly/run,    OPERATOR",
        "PUT,    /api/v1/market/prices,            SUBMITTER",
        "POST,   /api/v1/llm/call,                 SUBMITTER",
        "GET,    /api/v1/audio/jobs/7/stems/sides, VIEWER",
        "DELETE, /api/v1/audio/jobs/7,             SUBMITTER",
        "GET,    /api/v1/keys,                     ADMIN",
        "POST,   /api/v1/keys,                     ADMIN",
        "GET,    /api/v1/audit,                    ADMIN",
        "GET,    /q/openapi,                       VIEWER",
        "GET,    /q/metrics,                       VIEWER",
        "GET,    /q/info,                          ADMIN",
        "GET,    /,                                VIEWER",
        "GET,    /dashboard/jobs.js,               VIEWER",
        "POST,   /dashboard,                       ADMIN",
        "GET,    /api/v1/not-thought-of,           ADMIN",
        "POST,   /api/v1/not-thought-of,           ADMIN",
        "GET,    /api/v2/jobs,                     ADMIN",
    })
    void each_route_needs_a_role(String method, String path, Role role) {
        assertThat(need(method, path).role()).isEqualTo(role);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/q/health", "/q/health/live", "/q/health/ready", "/login"})
    void whoever_asks_how_it_is_or_logs_in_needs_nothing(String path) {
        assertThat(need("GET", path).role()).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "/api/v1/jobs/%72eplay, /api/v1/jobs/replay",
        "/api/v1//jobs,         /api/v1/jobs",
        "/q/health/../metrics,  /q/metrics",
        "/api/v1/jobs/replay%2F,/api/v1/jobs/replay%2F",
        "/api/v1/jobs/replay;a, /api/v1/jobs/replay;a",
    })
    void what_others_may_read_otherwise_is_an_admins(String path, String normalized) {
        assertThat(Routes.need("POST", path, normalized).role()).isEqualTo(Role.ADMIN);
    }

    @Test
    void what_has_an_id_reaches_one_thing() {
        assertThat(need("GET", "/api/v1/jobs/7/history").reach()).isEqualTo(new Reach.One(Kind.JOB, "7"));
        assertThat(need("POST", "/api/v1/workflows/batches/8/cancel").reach())
                .isEqualTo(new Reach.One(Kind.WORKFLOW_BATCH, "8"));
        assertThat(need("GET", "/api/v1/audio/jobs/9/stems/vocals").reach())
                .isEqualTo(new Reach.One(Kind.AUDIO_JOB, "9"));
        assertThat(need("GET", "/api/v1/workers/w1").reach()).isEqualTo(new Reach.Cluster());
        assertThat(need("POST", "/api/v1/jobs").reach()).isEqualTo(new Reach.Within());
        assertThat(need("GET", "/api/v1/tasks").reach()).isEqualTo(new Reach.Shared());
    }

    @Test
    void a_role_may_do_what_those_before_it_may() {
        assertThat(Role.OPERATOR.covers(Role.VIEWER)).isTrue();
        assertThat(Role.OPERATOR.covers(Role.OPERATOR)).isTrue();
        assertThat(Role.OPERATOR.covers(Role.ADMIN)).isFalse();
    }

    @Test
    void nobody_is_admin_of_one_project() {
        assertThat(new Caller("oidc:x", Role.ADMIN, "p").role()).isEqualTo(Role.OPERATOR);
    }

    @Test
    void the_log_names_what_was_changed() {
        assertThat(AuditEntry.target("/api/v1/queues/{name}/pause", "/api/v1/queues/default/pause"))
                .isEqualTo("default");
        assertThat(AuditEntry.target("/api/v1/jobs/replay", "/api/v1/jobs/replay"))
                .isNull();
    }
}
