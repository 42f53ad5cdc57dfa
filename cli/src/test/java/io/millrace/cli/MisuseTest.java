package io.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A wrong command line is told what is wrong with it and where help is, and asks nothing of the API. */
class MisuseTest {

    @TempDir
    Path folder;

    private final FakeApi api = FakeApi.start();

    @AfterEach
    void stop() {
        api.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "submit                                | submit        | Say either a task or --file.",
                "submit t --file f                     | submit        | Say either a task or --file.",
                "submit t --args [1]                   | submit        | --args must be a JSON object.",
                "submit t --args {                     | submit        | --args is no JSON at line 1, column 2: Unexpected end-of-input: expected close marker for Object.",
                "submit t -a x                         | submit        | --arg is to be NAME=VALUE, not 'x'.",
                "submit t -a =x                        | submit        | --arg is to be NAME=VALUE, not '=x'.",
                "submit t --atomic                     | submit        | --atomic is said of a --file.",
                "submit t --timeout 3                  | submit        | --timeout is of no use without --wait.",
                "submit t --wait --timeout -1          | submit        | Invalid value for option '--timeout': '-1' is not a number of seconds",
                "submit -f f --queue q                 | submit        | --queue is said of a single job, not of a file of them.",
                "submit -f f -a x=1                    | submit        | --arg is said of a single job, not of a file of them.",
                "submit -f f --wait                    | submit        | --wait is said of a single job, not of a file of them.",
                "submit -f /no/such/file               | submit        | /no/such/file cannot be read.",
                "retry j -a x                          | retry         | --arg is to be NAME=VALUE, not 'x'.",
                "get                                   | get           | Missing required parameter: 'JOB'",
                "get ``                                | get           | An id or a name is not to be empty.",
                "list --limit x                        | list          | Invalid value for option '--limit': 'x' is not an int",
                "replay                                | replay        | Without a filter, every failed or revoked job runs again. Say --yes if that is meant.",
                "batches submit f --timeout 3          | batches submit | --timeout is of no use without --wait.",
                "queues purge q                        | queues purge  | Everything that waits in q will be revoked. Say --yes if that is meant.",
                "queues limit q                        | queues limit  | Say --rate, --concurrency or --priority.",
                "queues limit q --concurrency many     | queues limit  | --concurrency is to be a number, none or default, not 'many'.",
                "tasks limit t                         | tasks limit   | Say --rate or --concurrency.",
                "workers resize w                      | workers resize | Say either how many slots, or --autoscale MAX,MIN.",
                "workers resize w 3 --autoscale 4,2    | workers resize | Say either how many slots, or --autoscale MAX,MIN.",
                "schedules delete s                    | schedules delete | The schedule s will be deleted. Say --yes if that is meant.",
                "events --job j --queue q              | events        | A job's events are not filtered.",
                "events --count 0                      | events        | --count is to be 1 or more, not 0.",
                "list --url nowhere                    | list          | The address of the API is to be such as http://127.0.0.1:8080, not 'nowhere'.",
                "list --url http://[bad                | list          | The address of the API is to be such as http://127.0.0.1:8080, not 'http://[bad'.",
                "list --url http://h:99999             | list          | The address of the API is to be such as http://127.0.0.1:8080, not 'http://h:99999'.",
                "list --url http://h/?a=b              | list          | The address of the API is to be such as http://127.0.0.1:8080, not 'http://h/?a=b'.",
                "list --patience 0                     | list          | --patience is to be more than 0.",
                "list --patience NaN                   | list          | Invalid value for option '--patience': 'NaN' is not a number of seconds",
                "list --token-file /no/such/file       | list          | The token cannot be read from /no/such/file.",
                "list --token é                        | list          | The token is to be one word of ASCII characters.",
            })
    void itIsSaidInALineWithOneMoreForHelp(String line, String command, String message) {
        Typed typed = type(line.replace("``", "").split(" ", -1));

        assertThat(typed.err().lines()).containsExactly(message, "Try 'millrace " + command + " --help' for more.");
        assertThat(typed.out()).isEmpty();
        assertThat(typed.exit()).isEqualTo(2);
        assertThat(api.requests()).isEmpty();
    }

    @Test
    void aCommandThatThereIsNotIsGuessed() {
        assertThat(type("sumbit").err().lines())
                .containsExactly(
                        "Unmatched argument at index 0: 'sumbit'",
                        "Did you mean: millrace submit or millrace wait or millrace result?",
                        "Try 'millrace --help' for more.");
    }

    @Test
    void whoSaysNothingIsToldWhatThereIs() {
        Typed typed = type();

        assertThat(typed.exit()).isEqualTo(2);
        assertThat(typed.err()).contains("Usage: millrace", "Commands:");
    }

    @Test
    void anAddressOfTheEnvironmentIsCheckedAndNothingIsNone() {
        api.answers("GET /queues", 200, "[]");

        Typed wrong = Typed.in(Map.of("MILLRACE_URL", "not an address"), "queues");
        Typed empty = Typed.in(Map.of("MILLRACE_URL", ""), "queues", "--url", api.url());

        assertThat(wrong.exit()).isEqualTo(2);
        assertThat(wrong.err()).contains("not 'not an address'");
        assertThat(empty.exit()).isZero();
    }

    @Test
    void aTokenFileWithNothingInItIsNotGoingWithout() throws IOException {
        Path file = Files.createFile(folder.resolve("token"));

        assertThat(type("list", "--token-file", file.toString()).err()).contains("The token is to be one word");
    }

    @Test
    void aFileThatIsNoTextIsNotSent() throws IOException {
        Path file = Files.write(folder.resolve("jobs"), new byte[] {'{', (byte) 0xff, '}'});

        assertThat(type("submit", "--file", file.toString()).err()).contains(file + " is no text in UTF-8.");
        assertThat(api.requests()).isEmpty();
    }

    private Typed type(String... arguments) {
        return Typed.in(Map.of("MILLRACE_URL", api.url()), arguments);
    }
}
