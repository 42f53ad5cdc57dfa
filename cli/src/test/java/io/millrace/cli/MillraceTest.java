package io.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MillraceTest {

    private static final String FINISHED =
            "{\"job_id\":\"j1\",\"task\":\"demo.add\",\"state\":\"SUCCESS\",\"result\":{\"sum\":6}}";
    private static final String FAILED = "{\"job_id\":\"j1\",\"state\":\"FAILURE\",\"result\":null,"
            + "\"error\":{\"exc_type\":\"Flaky\",\"exc_message\":\"not today\"}}";
    private static final String RUNNING =
            "{\"job_id\":\"j1\",\"state\":\"PROGRESS\",\"progress\":{\"percent\":50,\"status\":\"half\"}}";

    @TempDir
    Path folder;

    private final FakeApi api = FakeApi.start();

    @AfterEach
    void stop() {
        api.close();
    }

    @Test
    void aSubmissionSaysWhatWasTypedAndPrintsTheId() {
        api.answers("POST /jobs", 202, "{\"job_id\":\"j1\",\"state\":\"PENDING\"}");

        Typed typed = type(
                "submit",
                "demo.add",
                "-a",
                "values=[1, 2]",
                "-a",
                "name=a b",
                "--queue",
                "jobs",
                "--tag",
                "x",
                "--priority",
                "9",
                "--countdown",
                "1.5",
                "--expires",
                "60");

        assertThat(typed).isEqualTo(new Typed(0, "j1" + System.lineSeparator(), ""));
        assertThat(api.only().body())
                .isEqualTo("{\"task\":\"demo.add\",\"args\":{\"values\":[1,2],\"name\":\"a b\"},\"queue\":\"jobs\","
                        + "\"priority\":9,\"countdown\":1.5,\"expires\":60,\"tags\":[\"x\"]}");
    }

    @Test
    void aSubmissionThatWaitsPrintsTheResult() {
        api.answers("POST /jobs", 202, "{\"job_id\":\"j1\",\"state\":\"PENDING\"}")
                .answers("GET /jobs/j1", 200, RUNNING)
                .answers("GET /jobs/j1?wait=30", 200, FINISHED);

        Typed typed = type("submit", "demo.add", "--args", "{\"values\": []}", "--wait");

        assertThat(typed.exit()).isZero();
        assertThat(typed.out()).isEqualToIgnoringNewLines("{\"sum\":6}");
    }

    @Test
    void whatWasWaitedForAndFailedEndsWith1AndSaysWhy() {
        api.answers("GET /jobs/j1", 200, FAILED);

        Typed typed = type("wait", "j1");

        assertThat(typed.exit()).isEqualTo(1);
        assertThat(typed.out()).isEmpty();
        assertThat(typed.err()).contains("Job j1 is FAILURE: Flaky: not today");
    }

    @Test
    void aWaitGoesOnAcrossARestartOfTheApi() {
        api.answers("GET /jobs/j1", 200, RUNNING)
                .hangsUpOn("GET /jobs/j1?wait=30")
                .answers("GET /jobs/j1?wait=30", 503, "not yet")
                .answers("GET /jobs/j1?wait=30", 200, FINISHED);

        Typed typed = type("wait", "j1");

        assertThat(typed.exit()).isZero();
        assertThat(typed.out()).isEqualToIgnoringNewLines("{\"sum\":6}");
        assertThat(typed.err().lines())
                .containsExactly("The API does not answer any more; asking again until it does.");
    }

    @Test
    void aWaitForWhatAlwaysFailsInTheApiEnds() {
        api.answers("GET /jobs/j1", 200, RUNNING).answers("GET /jobs/j1?wait=30", 500, "a defect");

        Typed typed = type("wait", "j1");

        assertThat(typed.exit()).isEqualTo(4);
        assertThat(typed.err()).contains("HTTP 500: a defect");
    }

    @Test
    void aWaitWhereNobodyAnswersFromTheStartIsAWrongAddress() {
        api.hangsUpOn("GET /jobs/j1");

        Typed typed = type("wait", "j1");

        assertThat(typed.exit()).isEqualTo(4);
        assertThat(typed.err()).contains("Is --url or MILLRACE_URL right?");
    }

    @Test
    void aWaitEndsWith6WhenItsTimeIsOver() {
        api.answers("GET /jobs/j1", 200, RUNNING);

        Typed typed = type("wait", "j1", "--timeout", "0");

        assertThat(typed.exit()).isEqualTo(6);
        assertThat(typed.err()).contains("Job j1 is still PROGRESS.");
    }

    @Test
    void aJobThatIsNotThereOrNotDoneInTimeDoesNotKeepTheOthersFromBeingWaitedFor() {
        api.answers("GET /jobs/j0", 200, RUNNING).answers("GET /jobs/j1", 200, FINISHED);

        Typed typed = type("wait", "nobody", "j0", "j1", "--timeout", "0");

        assertThat(typed.exit()).isEqualTo(6);
        assertThat(typed.out()).isEqualToIgnoringNewLines("{\"sum\":6}");
        assertThat(typed.err().lines()).containsExactly("There is no such thing", "Job j0 is still PROGRESS.");
    }

    @ParameterizedTest
    @CsvSource({
        "get, GET /jobs/b",
        "revoke, POST /jobs/b/revoke",
        "queues pause, POST /queues/b/pause",
        "queues resume, POST /queues/b/resume",
        "workers drain, POST /workers/b/shutdown",
        "schedules enable, PATCH /schedules/b",
        "schedules disable, PATCH /schedules/b",
    })
    void oneThatIsRefusedDoesNotKeepTheOthers(String command, String request) {
        api.answers(request, 200, "{\"state\":\"fine\"}");

        Typed typed = type((command + " a b c").split(" "));

        assertThat(typed.exit()).isEqualTo(3);
        assertThat(typed.err().lines()).containsExactly("There is no such thing", "There is no such thing");
        assertThat(typed.out().lines()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"401, 5", "503, 4"})
    void whatWouldBeAnsweredToAllIsAskedOnce(int status, int exit) {
        api.answers("GET /jobs/a", status, "{\"title\":\"No\"}").answers("GET /jobs/b", status, "{\"title\":\"No\"}");

        assertThat(type("get", "a", "b").exit()).isEqualTo(exit);
        assertThat(api.requests()).hasSize(1);
    }

    /** In a process of its own, since only there somebody may stop reading. */
    @Test
    void anOutputThatNobodyReadsAnyMoreEndsTheCommandWith7() throws IOException, InterruptedException {
        String page = "{\"jobs\":[],\"next_cursor\":\"c\"}";
        api.answers("GET /jobs?limit=500", 200, page).answers("GET /jobs?limit=500&cursor=c", 200, page);
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Millrace.class.getName(),
                        "list",
                        "--all",
                        "--url",
                        api.url())
                .start();
        try {
            process.getInputStream().close();

            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isEqualTo(7);
            assertThat(process.errorReader().readLine()).isEqualTo("The output cannot be written any more.");
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void numbersKeepTheirDigits() {
        String numbers = "{\"a\":0.12345678901234567890123,\"b\":1.10,\"c\":12345678901234567890123}";
        api.answers("GET /jobs/j1/result", 200, numbers).answers("POST /jobs", 202, "{\"job_id\":\"j1\"}");

        assertThat(type("result", "j1").out()).isEqualToIgnoringNewLines(numbers);

        type("submit", "t", "--args", numbers);
        assertThat(api.requests().getLast().body()).contains(numbers);
    }

    @Test
    void aLongTimeIsForEver() {
        api.answers("GET /jobs/j1", 200, FINISHED);

        assertThat(type("wait", "j1", "--timeout", "1e300", "--patience", "1e300")
                        .exit())
                .isZero();
    }

    @Test
    void aBarThatIsWiderThanTheTerminalStaysOnItsLine() {
        api.answers("GET /jobs/j1", 200, RUNNING).answers("GET /jobs/j1?wait=1", 200, FINISHED);

        Typed typed = Typed.in(Map.of("MILLRACE_URL", api.url()), true, "wait", "j1");

        assertThat(typed.err()).contains("\u001b[?7lPROGRESS [").contains("half\u001b[?7h");
    }

    @Test
    void onATerminalABarShowsHowFarAJobIs() {
        api.answers("GET /jobs/j1", 200, RUNNING).answers("GET /jobs/j1?wait=1", 200, FINISHED);

        Typed typed = Typed.in(Map.of("MILLRACE_URL", api.url()), true, "wait", "j1");

        assertThat(typed.err()).contains("PROGRESS [===============               ]  50 % half");
        assertThat(typed.out()).isEqualToIgnoringNewLines("{\"sum\":6}");
    }

    @Test
    void aFileOfJobsIsSentAsItIsAndRejectedOnesAreNamed() throws IOException {
        Path file = Files.writeString(folder.resolve("jobs"), "{\"task\":\"a\"}\n{\"task\":\"b\"}\n");
        api.answers(
                "POST /jobs/bulk",
                200,
                "{\"accepted\":1,\"rejected\":1,\"items\":[{\"index\":0,\"job_id\":\"j1\"},"
                        + "{\"index\":1,\"error\":{\"title\":\"No good\",\"detail\":\"args.n is odd\","
                        + "\"errors\":[{\"field\":\"args.n\",\"message\":\"is odd\"}]}}]}");

        Typed typed = type("submit", "--file", file.toString());

        assertThat(typed.exit()).isEqualTo(5);
        assertThat(typed.out()).isEqualToIgnoringNewLines("j1");
        assertThat(typed.err().lines())
                .containsExactly("job [1] was rejected: No good: args.n is odd", "  args.n: is odd");
        assertThat(api.only().body()).isEqualTo("{\"task\":\"a\"}\n{\"task\":\"b\"}\n");
    }

    @Test
    void aListIsATableOrWhatTheApiSaid() {
        String page = "{\"jobs\":[{\"job_id\":\"j1\",\"state\":\"FAILURE\",\"task\":\"demo.fail\",\"priority\":5}],"
                + "\"next_cursor\":\"c\"}";
        api.answers("GET /jobs?state=FAILURE%2CREVOKED&q=a%20b&limit=2", 200, page);
        String[] list = {"list", "--state", "FAILURE,REVOKED", "-q", "a b", "--limit", "2"};

        Typed table = type(list);
        Typed json = type("list", "--state", "FAILURE,REVOKED", "-q", "a b", "--limit", "2", "--json");

        assertThat(table.out().lines())
                .containsExactly(
                        "JOB_ID  STATE    TASK       QUEUE  PRIORITY  ATTEMPT  CREATED_AT  WORKER",
                        "j1      FAILURE  demo.fail  -             5  -        -           -");
        assertThat(table.err()).contains("There are more");
        assertThat(json.out()).isEqualToIgnoringNewLines(page);
        assertThat(json.err()).isEmpty();
    }

    @Test
    void allPagesAreAskedFor() {
        api.answers("GET /jobs?limit=500", 200, "{\"jobs\":[{\"job_id\":\"j1\"}],\"next_cursor\":\"c\"}")
                .answers("GET /jobs?limit=500&cursor=c", 200, "{\"jobs\":[{\"job_id\":\"j2\"}],\"next_cursor\":null}");

        assertThat(type("list", "--all", "--json").out().lines()).hasSize(2);
    }

    @ParameterizedTest
    @CsvSource({
        "401, 5", "403, 5", "404, 3", "409, 5", "413, 5", "422, 5", "500, 4", "503, 4",
    })
    void howItEndsFollowsFromWhatTheApiSays(int status, int exit) {
        api.answers(
                "GET /queues/q",
                status,
                "{\"title\":\"No\",\"detail\":\"Because.\",\"errors\":[{\"field\":\"a.b\",\"message\":\"is odd\"}]}");

        Typed typed = type("queues", "get", "q");

        assertThat(typed.exit()).isEqualTo(exit);
        assertThat(typed.err().lines()).containsExactly("No: Because.", "  a.b: is odd");
    }

    @Test
    void anApiThatIsNotThereEndsWith4AndIsNamed() {
        api.close();

        Typed typed = type("queues");

        assertThat(typed.exit()).isEqualTo(4);
        assertThat(typed.err()).contains(api.url(), "does not answer", "MILLRACE_URL");
    }

    @Test
    void aServerThatIsNotMillraceEndsWith4() {
        api.answers("GET /queues", 200, "<html>");

        assertThat(type("queues").exit()).isEqualTo(4);
    }

    @Test
    void aTokenComesFromTheOptionTheFileOrTheEnvironment() throws IOException {
        Path file = Files.writeString(folder.resolve("token"), "from-file\n");
        api.answers("GET /queues", 200, "[]");
        var environment = Map.of("MILLRACE_URL", api.url() + "/", "MILLRACE_TOKEN", "from-environment");

        Typed.in(environment, "queues");
        Typed.in(environment, "queues", "--token-file", file.toString());
        Typed.in(environment, "--token", "from-option", "queues");
        Typed.in(Map.of("MILLRACE_URL", api.url(), "MILLRACE_TOKEN_FILE", file.toString()), "queues");

        assertThat(api.requests())
                .extracting(FakeApi.Request::authorization)
                .containsExactly(
                        "Bearer from-environment", "Bearer from-file", "Bearer from-option", "Bearer from-file");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "get j/1                                 | GET /jobs/j%2F1                |",
                "result j1                               | GET /jobs/j1/result            |",
                "history j1                              | GET /jobs/j1/history           |",
                "why j1                                  | GET /jobs/j1/why               |",
                "revoke j1 --terminate                   | POST /jobs/j1/revoke           | {\"terminate\":true}",
                "retry j1                                | POST /jobs/j1/retry            | {}",
                "retry j1 -a times=0                     | POST /jobs/j1/retry            | {\"args\":{\"times\":0}}",
                "replay --task t --limit 7               | POST /jobs/replay              | {\"limit\":7,\"filter\":{\"task\":\"t\"}}",
                "queues pause q                          | POST /queues/q/pause           |",
                "queues resume q                         | POST /queues/q/resume          |",
                "queues purge q -y                       | POST /queues/q/purge           |",
                "queues limit q --rate 5/s --priority 1  | PATCH /queues/q                | {\"rate_limit\":\"5/s\",\"priority\":1}",
                "queues limit q --rate default --concurrency none | PATCH /queues/q       | {\"rate_limit\":null,\"max_concurrency\":0}",
                "tasks limit t --concurrency 2           | PATCH /tasks/t                 | {\"max_concurrency\":2}",
                "tasks get t                             | GET /tasks/t                   |",
                "workers get w                           | GET /workers/w                 |",
                "workers drain w                         | POST /workers/w/shutdown       |",
                "workers resize w 8                      | PATCH /workers/w               | {\"concurrency\":8}",
                "workers resize w --autoscale 10,3       | PATCH /workers/w               | {\"autoscale\":{\"max\":10,\"min\":3}}",
                "workers queues w a b                    | PATCH /workers/w               | {\"queues\":[\"a\",\"b\"]}",
                "workers ping                            | POST /workers/ping?timeout=2.0 |",
                "schedules get s                         | GET /schedules/s               |",
                "schedules history s                     | GET /schedules/s/firings       |",
                "schedules run s                         | POST /schedules/s/run          |",
                "schedules enable s                      | PATCH /schedules/s             | {\"enabled\":true}",
                "schedules disable s                     | PATCH /schedules/s             | {\"enabled\":false}",
                "schedules delete s -y                   | DELETE /schedules/s            |",
                "batches get b                           | GET /batches/b                 |",
                "batches jobs b                          | GET /batches/b/jobs            |",
                "batches revoke b                        | POST /batches/b/revoke         |",
                "batches retry b                         | POST /batches/b/retry          |",
            })
    void everyCommandAsksWhatItSays(String line, String request, String body) {
        api.answers(request, 200, "{\"state\":\"PENDING\"}");

        Typed typed = type(line.split(" "));

        assertThat(typed.err()).isEmpty();
        assertThat(typed.exit()).isZero();
        assertThat(api.only().line()).isEqualTo(request);
        assertThat(api.only().body()).isEqualTo(body == null ? "" : body);
    }

    @Test
    void aBatchIsSubmittedFromAFileAndWaitedFor() throws IOException {
        Path file = Files.writeString(folder.resolve("batch"), "{\"name\": \"n\", \"jobs\": []}");
        api.answers("POST /batches", 202, "{\"batch_id\":\"b1\"}")
                .answers("GET /batches/b1", 200, "{\"batch_id\":\"b1\",\"status\":\"MIXED\"}");

        Typed typed = type("batches", "submit", file.toString(), "--wait", "--json");

        assertThat(typed)
                .isEqualTo(new Typed(1, "{\"batch_id\":\"b1\",\"status\":\"MIXED\"}" + System.lineSeparator(), ""));
    }

    @Test
    void eventsOfAJobAreShownUntilItsEndAcrossABrokenConnection() {
        api.answers(
                        "GET /jobs/j1/events",
                        200,
                        ": hello\n\nid: 0-1\ndata: {\"event\":\"job.started\",\"at\":\"T1\","
                                + "\"task\":\"t\",\"job_id\":\"j1\",\"worker\":\"w\"}\n\n")
                .answers("GET /jobs/j1/events", 503, "not yet")
                .answers(
                        "GET /jobs/j1/events",
                        200,
                        "data: {\"event\":\"job.failed\",\"at\":\"T2\",\"task\":\"t\","
                                + "\"job_id\":\"j1\",\"error\":{\"exc_type\":\"Flaky\",\"exc_message\":\"no\"}}\n\n");

        Typed typed = type("events", "--job", "j1");

        assertThat(typed.exit()).isZero();
        assertThat(typed.out().lines()).containsExactly("T1 job.started t j1 worker=w", "T2 job.failed t j1 Flaky: no");
    }

    @Test
    void eventsAreFilteredAndCounted() {
        api.answers(
                "GET /events?queue=a%2Cb", 200, "data: {\"event\":\"job.due\"}\n\ndata: {\"event\":\"job.due\"}\n\n");

        Typed typed = type("events", "--queue", "a,b", "--count", "1", "--json");

        assertThat(typed.out()).isEqualToIgnoringNewLines("{\"event\":\"job.due\"}");
    }

    @Test
    void aShellLearnsToComplete() {
        Typed typed = type("completion", "zsh");

        assertThat(typed.exit()).isZero();
        assertThat(typed.out()).contains("complete -F", "millrace", "--token-file", "purge");
    }

    @Test
    void theVersionIsThatOfTheBuild() {
        assertThat(type("--version").out()).matches("millrace \\d+\\.\\d+\\.\\S+\\R");
    }

    private Typed type(String... arguments) {
        return Typed.in(Map.of("MILLRACE_URL", api.url()), arguments);
    }
}
