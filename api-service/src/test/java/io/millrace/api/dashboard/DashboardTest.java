package io.millrace.api.dashboard;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static io.millrace.testing.JobFixture.aJob;
import static io.restassured.RestAssured.given;
import static io.restassured.RestAssured.when;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import io.millrace.job.Claim;
import io.millrace.job.JobError;
import io.millrace.job.NewJob;
import io.millrace.job.Transition;
import io.millrace.testing.RealStack;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import jakarta.inject.Inject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * The dashboard in a real browser, against a real PostgreSQL and a real Kafka; workers are rows, and what they would do is
 * done by hand. Screenshots of every page are kept under target/screenshots.
 */
@Tag("real")
@QuarkusTest
@QuarkusTestResource(RealStack.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DashboardTest {

    private static final JobError ERROR = new JobError("task_failed", "IOException", "disk full", "at Disk.java:1");

    @Inject
    DashboardScene scene;

    private @Nullable Chromium started;
    private @Nullable Page opened;

    @BeforeEach
    void aBrowser() {
        Assumptions.assumeTrue(
                Chromium.installed(), "there is no browser at " + Chromium.BINARY + ": apt-get install chromium");
        scene.set();
    }

    private Chromium chromium() {
        if (started == null) {
            started = new Chromium(RestAssured.port);
        }
        return started;
    }

    private Page page() {
        if (opened == null) {
            opened = chromium().open(ColorScheme.LIGHT, 1280, 800);
        }
        return opened;
    }

    @AfterEach
    void nothingWentWrongInThePage() {
        if (opened != null) {
            opened.context().close();
            opened = null;
        }
        assertThat(chromium().complaints()).isEmpty();
    }

    @AfterAll
    void closeTheBrowser() {
        if (started != null) {
            scene.end();
            started.close();
        }
    }

    private Map<String, String> pages() {
        var pages = new LinkedHashMap<String, String>();
        pages.put("overview", "/");
        pages.put("jobs", "/jobs?queue=" + DashboardScene.QUEUE);
        pages.put("job-failed", "/jobs/" + scene.failed);
        pages.put("job-running", "/jobs/" + scene.running);
        pages.put("batches", "/batches");
        pages.put("batch", "/batches/" + scene.brokenBatch);
        pages.put("queues", "/queues");
        pages.put("workers", "/workers");
        pages.put("schedules", "/schedules");
        pages.put("schedule", "/schedules/nightly-report");
        pages.put("tasks", "/tasks");
        pages.put("task", "/tasks/" + DashboardScene.MAIL);
        pages.put("alerts", "/alerts");
        pages.put("runbook", "/alerts/MillraceQueueStale");
        pages.put("audit", "/audit");
        pages.put("workflows", "/workflows");
        pages.put("workflow", "/workflows/" + scene.workflowBatch);
        pages.put("pipelines", "/pipelines");
        pages.put("pipeline", "/pipelines/" + scene.pipeline);
        pages.put("market", "/market");
        pages.put("llm", "/llm");
        pages.put("audio", "/audio");
        return pages;
    }

    @Test
    void axe_finds_nothing_serious_on_any_page_in_either_colour_scheme() {
        Page page = chromium().open(ColorScheme.LIGHT, 1280, 800);
        pages().forEach((name, address) -> {
            Chromium.visit(page, address);
            Chromium.screenshot(page, name + "-light");
            assertThat(Chromium.cutOff(page))
                    .as("%s: tables and cards with more than fits", name)
                    .isEmpty();
            assertThat(chromium().seriousViolations(page)).as("%s, light", name).isEmpty();

            page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.DARK));
            Chromium.screenshot(page, name + "-dark");
            // Only this can depend on the scheme, and asking for all of it takes a second.
            assertThat(chromium().seriousViolationsOfColour(page))
                    .as("%s, dark", name)
                    .isEmpty();
            page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.LIGHT));
        });
        page.context().close();
    }

    @Test
    void every_page_fits_a_phone() {
        Page page = chromium().open(ColorScheme.LIGHT, 390, 844);
        pages().forEach((name, address) -> {
            Chromium.visit(page, address);
            Chromium.screenshot(page, name + "-phone");
            assertThat(page.evaluate("document.documentElement.scrollWidth"))
                    .as("the width of %s", name)
                    .isEqualTo(390);
        });
        page.getByRole(AriaRole.BUTTON, named("Menu")).click();
        page.getByRole(AriaRole.LINK, named("Queues")).click();
        assertThat(heading(page)).hasText("Queues");
        page.context().close();
    }

    private static Page.GetByRoleOptions named(String name) {
        return new Page.GetByRoleOptions().setName(name).setExact(true);
    }

    private static Locator heading(Page page) {
        return page.locator("h1");
    }

    private static Locator toast(Page page) {
        return page.locator(".toast").last();
    }

    private Page visit(String address) {
        Chromium.visit(page(), address);
        return page();
    }

    private static void click(Page page, String button) {
        page.getByRole(AriaRole.BUTTON, named(button)).click();
    }

    private static void clickInDialog(Page page, String button) {
        page.locator("dialog")
                .getByRole(
                        AriaRole.BUTTON,
                        new Locator.GetByRoleOptions().setName(button).setExact(true))
                .click();
    }

    @Test
    void filters_are_in_the_address_and_outlive_a_reload() {
        Page page = visit("/jobs");

        page.locator(".chip", new Page.LocatorOptions().setHasText("failure")).click();
        page.locator("select[name=task]").selectOption(DashboardScene.MAIL);
        page.locator("input[name=q]").fill("10.0.0.");
        page.keyboard().press("Enter");

        assertThat(page)
                .hasURL(Pattern.compile(".*/jobs\\?(?=.*state=FAILURE)(?=.*task=mail\\.send)(?=.*q=10\\.0\\.0\\.).*"));
        assertThat(page.locator("tbody .badge", new Page.LocatorOptions().setHasNotText("failure")))
                .hasCount(0);
        page.reload();
        Chromium.drawn(page);
        assertThat(page.locator(".chip[aria-pressed=true]")).hasText(Pattern.compile("failure"));
        assertThat(page.locator("select[name=task]")).hasValue(DashboardScene.MAIL);
        assertThat(page.locator("tbody .task").first()).hasText(DashboardScene.MAIL);
    }

    @Test
    void a_question_that_is_refused_leaves_no_job_to_be_mistaken_for_an_answer() {
        Page page = visit("/jobs?task=" + DashboardScene.MAIL);
        assertThat(page.locator("tbody .task").first()).hasText(DashboardScene.MAIL);

        page.locator("input[name=batch_id]").fill("632f692e");
        page.keyboard().press("Enter");

        assertThat(page.locator("[role=alert]")).containsText("'632f692e' is not a UUID");
        assertThat(page.locator("tbody tr")).hasCount(0);
        page.locator("input[name=batch_id]").fill("");
        page.keyboard().press("Enter");
        assertThat(page.locator("tbody .task").first()).hasText(DashboardScene.MAIL);
    }

    @Test
    void a_time_in_a_filter_is_as_the_clock_on_the_wall_said_then() {
        Page page = chromium().open(ColorScheme.LIGHT, 1280, 800, "Europe/Amsterdam");
        Chromium.visit(page, "/jobs?created_after=2026-01-01T11:00:00Z&created_before=2026-07-01T10:00:00Z");

        assertThat(page.locator("input[name=created_after]")).hasValue("2026-01-01T12:00");
        assertThat(page.locator("input[name=created_before]")).hasValue("2026-07-01T12:00");
        page.context().close();
    }

    @Test
    void a_job_is_found_by_the_end_of_its_id_as_it_is_shown() {
        Page page = visit("/");
        String id = scene.failed.toString();

        page.locator("#search").fill(id.substring(id.length() - 8));
        page.keyboard().press("Enter");

        assertThat(page.locator("tbody a.task")).hasAttribute("href", "/jobs/" + id);
    }

    @Test
    void the_rows_of_a_page_are_sorted_by_any_column() {
        for (int retries = 0; retries < 3; retries++) {
            Claim claim =
                    scene.claim(scene.submit(aJob().ofTask(retries == 1 ? DashboardScene.REPORT : DashboardScene.MAIL)
                            .tagged("sorted")));
            scene.settle(claim, new Transition.Succeed("1"));
        }
        Page page = visit("/jobs?tag=sorted");
        assertThat(page.locator("tbody .task"))
                .hasText(new String[] {DashboardScene.MAIL, DashboardScene.REPORT, DashboardScene.MAIL});

        page.locator("th", new Page.LocatorOptions().setHasText("Task"))
                .locator("a")
                .click();
        assertThat(page.locator("tbody .task"))
                .hasText(new String[] {DashboardScene.MAIL, DashboardScene.MAIL, DashboardScene.REPORT});
        page.locator("th", new Page.LocatorOptions().setHasText("Task"))
                .locator("a")
                .click();
        assertThat(page.locator("tbody .task"))
                .hasText(new String[] {DashboardScene.REPORT, DashboardScene.MAIL, DashboardScene.MAIL});
        assertThat(page).hasURL(Pattern.compile(".*sort=-task.*"));
    }

    @Test
    void a_new_job_and_what_becomes_of_it_appear_without_a_reload() {
        Page page = visit("/jobs?tag=seen-live");
        assertThat(page.locator(".live")).hasText("Live");
        assertThat(page.locator(".empty")).containsText("No job matches");

        NewJob job = scene.submit(aJob().ofTask(DashboardScene.MAIL).tagged("seen-live"));
        assertThat(page.locator("tbody .badge")).hasText("pending");

        Claim claim = scene.claim(job);
        assertThat(page.locator("tbody .badge")).hasText("started");
        scene.settle(claim, new Transition.Succeed("7"));
        assertThat(page.locator("tbody .badge")).hasText("success");
    }

    @Test
    void progress_is_drawn_as_it_comes_until_the_end_is_there() {
        Claim claim = scene.claim(scene.submit(aJob().ofTask(DashboardScene.REPORT)));
        Page page = visit("/jobs/" + claim.jobId());
        assertThat(page.locator("[data-state]")).hasText("started");

        scene.progress(claim, "{\"current\": 3, \"total\": 4, \"percent\": 75, \"status\": \"nearly\"}");
        assertThat(page.locator("[role=progressbar]")).hasAttribute("aria-valuenow", "75");
        assertThat(page.locator(".progress")).containsText("nearly");

        scene.settle(claim, new Transition.Succeed("{\"sum\": 3.5}"));
        assertThat(page.locator("[data-state]")).hasText("success");
        assertThat(page.locator("section[aria-label=Result]")).containsText("\"sum\": 3.5");
    }

    @Test
    void a_waiting_job_says_why_and_is_revoked() {
        NewJob job = scene.submit(aJob().ofTask("nobody.knows.this"));
        Page page = visit("/jobs/" + job.id());
        assertThat(page.locator(".why [data-code=task_unknown]")).containsText("knows task nobody.knows.this");

        click(page, "Revoke");
        clickInDialog(page, "Cancel");
        assertThat(page.locator("[data-state]")).hasText("pending");
        click(page, "Revoke");
        clickInDialog(page, "Revoke");

        assertThat(toast(page)).hasText("The job is revoked.");
        assertThat(page.locator("[data-state]")).hasText("revoked");
    }

    @Test
    void an_alert_leads_to_what_it_is_about_and_to_what_to_do() {
        scene.alarm("recovery");
        Page page = visit("/");

        var alert = page.locator(".alert", new Page.LocatorOptions().setHasText("recovery"));
        // One line for each queue, the worst.
        assertThat(alert).hasCount(1);
        assertThat(alert).hasClass("alert critical");
        assertThat(alert.locator("a").first()).hasAttribute("href", "/queues?name=recovery");
        alert.getByText("what to do").click();
        assertThat(heading(page)).hasText("MillraceQueueWithoutWorker");
        assertThat(page.locator("pre")).containsText("/api/v1/workers");
        scene.calm("recovery");
    }

    @Test
    void what_somebody_may_not_do_is_not_offered() {
        String operated = "/queues";
        var free = List.of("Copy link to this view");
        Page page = as("viewer", null);
        Chromium.visit(page, operated);
        assertThat(page.locator("main button:visible")).hasCount(0);
        Chromium.visit(page, "/jobs");
        assertThat(page.locator("main button:visible")).hasText(free.toArray(String[]::new));
        assertThat(page.locator(".who")).containsText("key:7, viewer");
        assertThat(page.getByRole(AriaRole.BUTTON, named("Log out"))).isVisible();
        page.context().close();

        page = as("submitter", "billing");
        Chromium.visit(page, operated);
        assertThat(page.locator("main button:visible")).hasCount(0);
        Chromium.visit(page, "/jobs");
        assertThat(page.locator("main button:visible")).hasText(new String[] {"Copy link to this view", "Revoke…"});
        assertThat(page.getByRole(AriaRole.LINK, named("Workers"))).hasCount(0);
        assertThat(page.getByRole(AriaRole.LINK, named("Audit log"))).hasCount(0);
        page.context().close();
    }

    /** A page as somebody sees it who has logged in; what they may do is the server's to say, which here is told otherwise. */
    private Page as(String role, @Nullable String project) {
        Page page = chromium().open(ColorScheme.LIGHT, 1280, 800);
        page.route(
                "**/api/v1/caller",
                route -> route.fulfill(new Route.FulfillOptions()
                        .setContentType("application/json")
                        .setBody("{\"caller\": \"key:7\", \"role\": \"" + role + "\", \"project_id\": "
                                + (project == null ? "null" : "\"" + project + "\"") + "}")));
        return page;
    }

    @Test
    void a_run_that_is_revoked_says_that_it_may_finish() {
        Claim claim = scene.claim(scene.submit(aJob().ofTask(DashboardScene.REPORT)));
        Page page = visit("/jobs/" + claim.jobId());

        click(page, "Revoke");
        clickInDialog(page, "Revoke");

        assertThat(page.locator("section[aria-label=Revoked]")).containsText("it may finish");
        assertThat(page.locator(".head button")).hasText(new String[] {"Terminate"});
    }

    @Test
    void every_failed_attempt_shows_where_it_failed() {
        Claim claim = scene.claim(scene.submit(aJob().ofTask(DashboardScene.REPORT)));
        Claim again = scene.claimAgain(claim, new JobError("task_failed", "IOException", "no route", "at Net.java:7"));
        scene.settle(again, new Transition.Fail(ERROR, false));
        Page page = visit("/jobs/" + claim.jobId());

        var attempts = page.locator("section[aria-label=Attempts] tbody tr");
        attempts.nth(0).getByText("Traceback").click();
        assertThat(attempts.nth(0).locator("pre")).hasText("at Net.java:7");
        // That of the last is above, with the error.
        assertThat(attempts.nth(1).locator("details")).hasCount(0);
    }

    @Test
    void a_failed_job_shows_its_error_and_runs_again_with_other_arguments() {
        Claim claim =
                scene.claim(scene.submit(aJob().ofTask(DashboardScene.REPORT).withArgs("{\"month\": \"2026-13\"}")));
        scene.settle(claim, new Transition.Fail(ERROR, false));
        Page page = visit("/jobs/" + claim.jobId());
        assertThat(page.locator("section[aria-label=Error]")).containsText("disk full");
        assertThat(page.locator("section[aria-label=Error] pre")).containsText("at Disk.java:1");

        click(page, "Run again with…");
        page.locator("textarea").fill("{\"month\": 7}");
        clickInDialog(page, "Run again");
        assertThat(page.locator("dialog .wrong")).containsText("month");
        page.locator("textarea").fill("{\"month\": \"2026-12\"}");
        clickInDialog(page, "Run again");

        assertThat(page.locator("[data-state]")).hasText("pending");
        assertThat(page.locator("section[aria-label=Arguments]")).containsText("2026-12");
    }

    @Test
    void many_jobs_are_revoked_and_run_again_once_their_number_was_typed() {
        for (int i = 0; i < 3; i++) {
            scene.submit(aJob().ofTask(DashboardScene.MAIL).tagged("bulk"));
        }
        Page page = visit("/jobs?tag=bulk");

        click(page, "Revoke…");
        assertThat(page.locator("dialog h2")).hasText("Revoke 3 jobs?");
        clickInDialog(page, "Revoke");
        assertThat(page.locator("dialog")).isVisible();
        page.locator("dialog input").fill("3");
        clickInDialog(page, "Revoke");
        assertThat(toast(page)).hasText("3 jobs revoked.");
        assertThat(page.locator("tbody .badge", new Page.LocatorOptions().setHasText("revoked")))
                .hasCount(3);

        click(page, "Run failed again…");
        page.locator("dialog input").fill("3");
        clickInDialog(page, "Run again");
        assertThat(toast(page)).hasText("3 jobs submitted again.");
        assertThat(page.locator("tbody .badge", new Page.LocatorOptions().setHasText("pending")))
                .hasCount(3);
    }

    @Test
    void selected_jobs_are_revoked_and_the_others_stay() {
        for (int i = 0; i < 3; i++) {
            scene.submit(aJob().ofTask(DashboardScene.MAIL).tagged("chosen"));
        }
        Page page = visit("/jobs?tag=chosen");

        page.locator("tbody input[type=checkbox]").nth(0).check();
        page.locator("tbody input[type=checkbox]").nth(2).check();
        assertThat(page.locator(".selection")).containsText("2 selected");
        page.locator(".selection").getByText("Revoke").click();
        clickInDialog(page, "Revoke");

        assertThat(toast(page)).hasText("2 jobs revoked.");
        assertThat(page.locator("tbody .badge")).hasText(new String[] {"revoked", "pending", "revoked"});
    }

    @Test
    void a_batch_is_drawn_with_the_path_that_took_longest_and_its_failed_part_runs_again() {
        Page page = visit("/batches/" + scene.brokenBatch);
        assertThat(page.locator(".graph .node")).hasCount(8);
        assertThat(page.locator(".graph .edge")).hasCount(8);
        assertThat(page.locator(".graph .node.FAILURE")).hasText(Pattern.compile("totals"));
        assertThat(page.locator(".path")).containsText("→");
        assertThat(page.evaluate("""
                        [...document.querySelectorAll(".graph .node")].filter(node =>
                          [...node.querySelectorAll("text")].some(text => text.getBBox().x + text.getBBox().width > 156)).length
                        """)).as("words that overrun their boxes").isEqualTo(0);

        click(page, "Run the failed part again");

        assertThat(toast(page)).hasText("What had failed or was cancelled is submitted again.");
        assertThat(page.locator(".graph .node.FAILURE")).hasCount(0);
        page.locator(".graph a").first().click();
        assertThat(heading(page)).hasText(DashboardScene.REPORT);
    }

    @Test
    void a_queue_is_limited_paused_and_resumed() {
        Page page = visit("/queues?name=recovery");

        click(page, "Edit limits of recovery");
        page.locator("dialog input[name=rate]").fill("nonsense");
        clickInDialog(page, "Save");
        assertThat(page.locator("dialog .wrong")).containsText("rate_limit");
        page.locator("dialog input[name=rate]").fill("15/s");
        clickInDialog(page, "Save");
        assertThat(page.locator("tbody")).containsText("15/s");

        click(page, "Pause recovery");
        clickInDialog(page, "Pause");
        assertThat(toast(page)).hasText("Queue recovery is paused.");
        when().get("/api/v1/queues/recovery").then().body("paused", equalTo(true));
        click(page, "Resume recovery");
        assertThat(page.locator("tbody .badge")).hasCount(0);
        when().get("/api/v1/queues/recovery").then().body("paused", equalTo(false));
        given().contentType("application/json")
                .body("{\"rate_limit\": null}")
                .patch("/api/v1/queues/recovery")
                .then()
                .statusCode(200);
    }

    @Test
    void a_worker_is_asked_to_grow_and_shows_what_it_was_asked() {
        Page page = visit("/workers");
        Locator worker = page.locator("[id='" + DashboardScene.WORKER + "']");
        assertThat(worker.locator(".slots i.on")).hasCount(5);

        click(page, "Grow " + DashboardScene.WORKER);

        assertThat(toast(page)).hasText("Asked for 17 slots.");
        assertThat(worker).containsText("→ 17");
    }

    @Test
    void whoever_drains_the_only_worker_of_a_queue_is_told_so() {
        Page page = visit("/workers");

        click(page, "Drain and shut down " + DashboardScene.WORKER);
        assertThat(page.locator("dialog p")).not().containsText("No other worker");
        clickInDialog(page, "Cancel");
        click(page, "Drain and shut down " + DashboardScene.OTHER_WORKER);
        assertThat(page.locator("dialog p")).containsText("No other worker receives from jobs:");
        clickInDialog(page, "Cancel");
        click(page, "Queues of " + DashboardScene.OTHER_WORKER);
        assertThat(page.locator("dialog p")).containsText("No other worker receives from jobs:");
    }

    @Test
    void the_overview_tells_of_a_worker_that_was_lost() {
        assertThat(visit("/").locator("section[aria-label=Workers]")).containsText("1 lost in an hour");
    }

    @Test
    void a_schedule_is_made_run_at_once_and_deleted() {
        Page page = visit("/schedules");
        click(page, "New schedule");
        page.locator("dialog input[name=name]").fill("made-here");
        page.locator("dialog input[name=task]").fill(DashboardScene.MAIL);
        page.locator("dialog input[name=when]").fill("*/5 * * * *");
        page.locator("dialog input[name=priority]").fill("99");
        clickInDialog(page, "Save");
        assertThat(page.locator("dialog .wrong")).containsText("priority");
        page.locator("dialog input[name=priority]").fill("7");
        clickInDialog(page, "Save");
        assertThat(toast(page)).hasText("made-here is saved.");

        page.getByRole(AriaRole.LINK, named("made-here")).click();
        assertThat(heading(page)).hasText("made-here");
        click(page, "Run made-here now");
        assertThat(page.locator("section[aria-label=History] .badge")).hasText(new String[] {"manual", "pending"});
        String job = page.locator("section[aria-label=History] a").getAttribute("href");
        assertThat(toast(page).locator("a")).hasAttribute("href", job);
        when().get("/api/v1" + job).then().body("priority", equalTo(7));

        click(page, "Delete");
        assertThat(page.locator("dialog input")).hasAttribute("inputmode", "text");
        page.locator("dialog input").fill("made-here");
        clickInDialog(page, "Delete");
        assertThat(heading(page)).hasText("Schedules");
        assertThat(page.getByRole(AriaRole.LINK, named("made-here"))).hasCount(0);
    }

    @Test
    void all_of_it_is_reached_from_the_keyboard() {
        Page page = visit("/");

        page.keyboard().press("g");
        page.keyboard().press("j");
        assertThat(heading(page)).hasText("Jobs");
        assertThat(heading(page)).isFocused();
        assertThat(page.locator("tbody tr").first()).isVisible();
        page.keyboard().press("j");
        page.keyboard().press("j");
        assertThat(page.locator("tbody tr").nth(1).locator("a").first()).isFocused();
        page.keyboard().press("k");
        page.keyboard().press("x");
        assertThat(page.locator(".selection")).containsText("1 selected");

        page.keyboard().press("/");
        assertThat(page.locator("#search")).isFocused();
        page.keyboard().type(scene.failed.toString());
        page.keyboard().press("Enter");
        assertThat(heading(page)).hasText(DashboardScene.REPORT);

        page.keyboard().press("?");
        assertThat(page.locator("dialog")).containsText("Keyboard");
        page.keyboard().press("Escape");
        page.goBack();
        assertThat(heading(page)).hasText("Jobs");
    }

    @Test
    void the_theme_that_was_chosen_stays() {
        Page page = visit("/queues");
        String before = background(page);

        click(page, "Light or dark");

        assertThat(background(page)).isNotEqualTo(before);
        page.reload();
        Chromium.drawn(page);
        assertThat(background(page)).isNotEqualTo(before);
    }

    private static String background(Page page) {
        return (String) page.evaluate("getComputedStyle(document.body).backgroundColor");
    }

    @Test
    void a_system_that_is_not_there_is_said_not_to_be_installed() {
        page().route("**/api/v1/audio/**", route -> route.fulfill(new Route.FulfillOptions().setStatus(404)));

        Page page = visit("/audio");

        assertThat(page.locator(".empty")).containsText("Audio separation is not installed here");
    }

    @Test
    void what_does_not_exist_is_said_so() {
        Page page = page();
        page.navigate("/jobs/019a2b3c-1111-7abc-8def-0123456789ab");

        assertThat(heading(page)).hasText("Not found");
        assertThat(page.locator(".empty")).containsText("There is no job");
    }

    @Test
    void one_failure_among_a_million_keeps_all_from_having_succeeded() {
        Page page = visit("/");

        assertThat(page.evaluate(
                        "import('/dashboard/format.js').then(it => [0, 0.000001, 0.5, 0.999999, 1].map(it.percent))"))
                .isEqualTo(List.of("0%", "0.1%", "50.0%", "99.9%", "100%"));
    }
}
