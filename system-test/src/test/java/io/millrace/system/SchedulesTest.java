package io.millrace.system;

import static io.millrace.system.Stack.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.millrace.local.Component;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What happens on a clock, and what is submitted in SQL, on the running stack. */
@Tag("real")
@ExtendWith(StackExtension.class)
class SchedulesTest {

    private static final Duration SOON = Duration.ofMinutes(1);

    private final Stack stack;
    private final String name = "s-" + UUID.randomUUID();

    SchedulesTest(Stack stack) {
        this.stack = stack;
    }

    private List<JsonNode> firings() {
        return stack.get("/schedules/" + name + "/firings?limit=500")
                .path("firings")
                .valueStream()
                .toList()
                .reversed();
    }

    private static Instant time(JsonNode node, String field) {
        return Instant.parse(node.path(field).asText());
    }

    @Test
    void three_schedulers_fire_each_tick_once_also_when_one_is_killed() {
        stack.another(Component.SCHEDULER);
        stack.another(Component.SCHEDULER);
        assertThat(stack.post("/schedules", "{\"name\": \"%s\", \"task\": \"demo.noop\", \"every\": 1}".formatted(name))
                        .statusCode())
                .isEqualTo(201);
        eventually(SOON, () -> assertThat(firings()).hasSizeGreaterThan(5));

        stack.kill9(Component.SCHEDULER);

        eventually(SOON, () -> assertThat(firings()).hasSizeGreaterThan(20));
        stack.post("/schedules/" + name + "/run", "");
        List<JsonNode> ticks = new ArrayList<>();
        for (JsonNode firing : firings()) {
            if (!firing.path("outcome").asText().equals("manual")) {
                ticks.add(firing);
            }
        }
        for (int i = 0; i < ticks.size(); i++) {
            JsonNode tick = ticks.get(i);
            assertThat(tick.path("outcome").asText()).isEqualTo("fired");
            if (i > 0) {
                assertThat(Duration.between(time(ticks.get(i - 1), "fire_time"), time(tick, "fire_time")))
                        .isEqualTo(Duration.ofSeconds(1));
            }
        }
        var late = ticks.stream()
                .map(tick -> Duration.between(time(tick, "fire_time"), time(tick, "fired_at")))
                .sorted()
                .toList();
        System.out.println(
                "SchedulesTest: lateness median " + late.get(late.size() / 2).toMillis() + " ms, longest "
                        + late.getLast().toMillis() + " ms");
        String tag = "schedule:" + name;
        eventually(SOON, () -> assertThat(stack.states(tag)).containsOnlyKeys("SUCCESS"));
    }

    @Test
    void what_is_shipped_is_there_and_waits_for_its_tasks() {
        var byTask = new java.util.HashMap<String, JsonNode>();
        stack.get("/schedules?limit=500")
                .path("schedules")
                .forEach(schedule -> byTask.put(schedule.path("task").asText(), schedule));

        for (String task : List.of(
                "check_all_batch",
                "recovery_tasks.perform_recovery_check",
                "freshness_check_task",
                "timeliness_check_task",
                "refresh_market_data",
                "compute_index",
                "cleanup_old_data")) {
            JsonNode schedule = byTask.getOrDefault(task, MissingNode.getInstance());
            assertThat(schedule.isMissingNode()).as(task).isFalse();
            assertThat(schedule.path("declared").asBoolean()).isTrue();
            assertThat(schedule.path("enabled").asBoolean()).isTrue();
            assertThat(schedule.path("next_fire_times")).hasSize(5);
        }
    }

    private Connection connect() throws SQLException {
        var postgres = stack.postgres();
        return DriverManager.getConnection(postgres.jdbcUrl(), postgres.user(), postgres.password());
    }

    private static String submit(Connection connection) throws SQLException {
        try (var statement = connection.createStatement();
                var answer = statement.executeQuery("select millrace.submit('demo.echo', '{\"message\": \"sql\"}')")) {
            answer.next();
            return answer.getString(1);
        }
    }

    @Test
    void what_is_submitted_in_sql_runs_once_it_is_committed_and_never_was_if_it_is_rolled_back() throws SQLException {
        List<Duration> waited = new ArrayList<>();
        try (Connection connection = connect()) {
            connection.setAutoCommit(false);
            for (int i = 0; i < 100; i++) {
                String id = submit(connection);
                connection.commit();
                Instant committed = Instant.now();
                eventually(
                        SOON,
                        () -> assertThat(stack.job(id).path("state").asText()).isEqualTo("SUCCESS"));
                Duration wait = Duration.between(committed, time(stack.job(id), "started_at"));
                waited.add(wait.isNegative() ? Duration.ZERO : wait);
            }
            String never = submit(connection);
            connection.rollback();

            assertThat(stack.get(stack.api("/jobs/" + never)).statusCode()).isEqualTo(404);
        }
        waited.sort(Duration::compareTo);
        System.out.println("SchedulesTest: commit to start median "
                + waited.get(50).toMillis() + " ms, 99th " + waited.get(98).toMillis() + " ms");
    }
}
