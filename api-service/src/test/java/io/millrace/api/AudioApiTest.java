package io.millrace.api;

import static io.restassured.RestAssured.given;
import static io.restassured.RestAssured.when;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.endsWith;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;
import static org.hamcrest.Matchers.startsWith;

import io.millrace.audio.Stem;
import io.millrace.job.RetryPolicy;
import io.millrace.storage.Storage;
import io.millrace.store.AudioStore;
import io.millrace.store.ControlStore;
import io.millrace.store.TaskStore;
import io.millrace.task.TaskDefinition;
import io.millrace.testing.RealStack;
import io.millrace.testing.SoundFixture;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.response.ValidatableResponse;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Audio separation over HTTP, with real files and a real PostgreSQL; what a worker makes is stored as it stores it. */
@Tag("real")
@QuarkusTest
@QuarkusTestResource(RealStack.class)
class AudioApiTest {

    private static final String JOBS = "/api/v1/audio/jobs";
    private static final float[][] STEREO = SoundFixture.tone(2, 8_000, 0.5);
    private static final byte[] WAV = SoundFixture.wav(STEREO, 8_000, 16);

    @Inject
    TaskStore tasks;

    @Inject
    AudioStore store;

    @Inject
    ControlStore control;

    @Inject
    Storage storage;

    @TempDir
    Path folder;

    @BeforeEach
    void theTask() {
        tasks.register(List.of(new TaskDefinition(
                "process_audio_job",
                "default",
                5,
                RetryPolicy.DEFAULT,
                null,
                null,
                Duration.ofHours(1),
                null,
                false,
                "{\"type\": \"object\"}")));
    }

    private static ValidatableResponse post(String fileName, byte[] content) {
        return given().multiPart("file", fileName, content).when().post(JOBS).then();
    }

    private static String posted() {
        return post("song.wav", WAV).statusCode(202).extract().path("job_id");
    }

    private static ValidatableResponse get(String path) {
        return when().get(JOBS + "/" + path).then();
    }

    /** As its worker would. */
    private String separated() throws IOException {
        String id = posted();
        UUID job = UUID.fromString(id);
        UUID run = UUID.randomUUID();
        store.begin(job, store.get(job).orElseThrow().taskJobId(), run);
        var stem = new Stem("percussive", "audio/" + id + "/" + run + "/percussive.wav", 10);
        store.announce(job, run, List.of(stem));
        storage.put(stem.key(), Files.writeString(folder.resolve("stem"), "0123456789"));
        store.completed(job, run);
        return id;
    }

    @Test
    void a_sound_is_stored_and_accepted() throws Exception {
        String id = given().multiPart("file", "song.wav", WAV)
                .multiPart("project_id", "studio")
                .when()
                .post(JOBS)
                .then()
                .statusCode(202)
                .header("Location", startsWith("/api/v1/audio/jobs/"))
                .body("status", equalTo("pending"))
                .extract()
                .path("job_id");

        get(id).statusCode(200)
                .body("job_id", equalTo(id))
                .body("status", equalTo("pending"))
                .body("error", nullValue())
                .body("stems", empty())
                .body("file_name", equalTo("song.wav"))
                .body("format", equalTo("wav"))
                .body("size_bytes", equalTo(WAV.length))
                .body("project_id", equalTo("studio"))
                .body("task_job_id", notNullValue());
        String key = store.get(UUID.fromString(id)).orElseThrow().inputKey();
        try (InputStream stored = storage.open(key, 0, Long.MAX_VALUE)) {
            assertThat(stored.readAllBytes()).isEqualTo(WAV);
        }
    }

    @Test
    void its_job_is_one_of_millrace() {
        String id = posted();

        when().get("/api/v1/jobs?tag=audio:" + id)
                .then()
                .body("jobs.task", contains("process_audio_job"))
                .body("jobs[0].args.job_id", equalTo(id));
    }

    @Test
    void a_flac_file_is_taken_as_well() {
        String id = post("song.flac", SoundFixture.flac(STEREO, 8_000, 16))
                .statusCode(202)
                .extract()
                .path("job_id");

        get(id).body("format", equalTo("flac"));
    }

    /** More than is ever kept in memory of a form, and beyond the limit of every other body. */
    @Test
    void a_large_sound_is_taken() {
        byte[] large = SoundFixture.wav(new float[2][1_000_000], 44_100, 16);

        post("large.wav", large).statusCode(202);
    }

    @Test
    void what_is_no_sound_is_refused_with_a_word_for_each_reason() {
        post("empty.wav", new byte[0]).statusCode(422).body("code", equalTo("empty_audio"));
        post("silent.wav", SoundFixture.wav(new float[1][0], 8_000, 16))
                .statusCode(422)
                .body("code", equalTo("empty_audio"));
        post("letter.wav", "Dear Sir or Madam,".getBytes(StandardCharsets.UTF_8))
                .statusCode(415)
                .contentType("application/problem+json")
                .body("code", equalTo("not_audio"))
                .body("detail", equalTo("The file is neither WAV nor FLAC."));
        post("cut.wav", Arrays.copyOf(WAV, WAV.length / 2))
                .statusCode(422)
                .body("code", equalTo("corrupt_audio"))
                .body("detail", containsString("ends early"));
        post("many.wav", SoundFixture.wav(new float[12][10], 8_000, 16))
                .statusCode(415)
                .body("code", equalTo("not_audio"))
                .body("detail", containsString("12 channels"));
    }

    @Test
    void a_form_without_a_file_is_refused() {
        given().multiPart("other", "song.wav", WAV)
                .when()
                .post(JOBS)
                .then()
                .statusCode(422)
                .body("errors.field", contains("file"));
        given().contentType("application/json")
                .body("{}")
                .when()
                .post(JOBS)
                .then()
                .statusCode(415);
    }

    @ParameterizedTest
    @CsvSource({
        "multipart/form-data; boundary=b, ''",
        "multipart/form-data; boundary=b, garbage",
        "multipart/form-data; boundary=b, --b",
        "multipart/form-data; boundary=b; charset=nope, --b--"
    })
    void a_form_that_cannot_be_read_is_the_callers_fault(String type, String body) throws Exception {
        var request = HttpRequest.newBuilder(URI.create("http://localhost:" + RestAssured.port + JOBS))
                .header("Content-Type", type)
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .timeout(Duration.ofSeconds(20))
                .build();
        try (var http = HttpClient.newHttpClient()) {
            var answer = http.send(request, HttpResponse.BodyHandlers.ofString());

            assertThat(answer.statusCode()).as(answer.body()).isBetween(400, 422);
            assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        }
    }

    @Test
    void a_sound_that_announces_to_be_huge_is_refused_before_it_is_sent() throws Exception {
        String head =
                "POST " + JOBS + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=x\r\n"
                        + "Content-Length: " + (3L << 30) + "\r\n\r\n";
        try (var socket = new Socket("localhost", RestAssured.port)) {
            socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
            socket.setSoTimeout(20_000);

            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

            assertThat(answer).startsWith("HTTP/1.1 413").contains("payload_too_large");
        }
    }

    @Test
    void a_stem_is_streamed_whole_and_in_parts() throws Exception {
        String id = separated();
        String url = get(id).statusCode(200)
                .body("status", equalTo("completed"))
                .body("stems.name", contains("percussive"))
                .body("stems[0].url", endsWith("/stems/percussive"))
                .body("finished_at", notNullValue())
                .extract()
                .path("stems[0].url");

        when().get(url)
                .then()
                .statusCode(200)
                .contentType("audio/wav")
                .header("Content-Length", "10")
                .header("Accept-Ranges", "bytes")
                .body(equalTo("0123456789"));
        given().header("Range", "bytes=7-")
                .when()
                .get(url)
                .then()
                .statusCode(206)
                .header("Content-Range", "bytes 7-9/10")
                .header("Content-Length", "3")
                .body(equalTo("789"));
        given().header("Range", "bytes=10-")
                .when()
                .get(url)
                .then()
                .statusCode(416)
                .body("code", equalTo("range_not_satisfiable"));
    }

    @ParameterizedTest
    @CsvSource({
        "bytes=0-3, 206, 0123", "bytes=-2, 206, 89", "bytes=8-99, 206, 89", "bytes=-99, 200, 0123456789",
        "lines=1-2, 200, 0123456789", "'bytes=0-1,4-5', 200, 0123456789", "bytes=5-2, 200, 0123456789",
                "bytes=-, 200, 0123456789"
    })
    void ranges_are_read_as_http_has_them(String range, int status, String body) throws Exception {
        given().header("Range", range)
                .when()
                .get(JOBS + "/" + separated() + "/stems/percussive")
                .then()
                .statusCode(status)
                .body(equalTo(body));
    }

    @Test
    void a_stem_that_is_not_there_is_told_from_one_that_is_not_there_yet() throws Exception {
        String waiting = posted();
        String failed = posted();
        UUID run = UUID.randomUUID();
        store.begin(UUID.fromString(failed), UUID.randomUUID(), run);
        store.failed(UUID.fromString(failed), run, "The FLAC file is broken.");

        get(waiting + "/stems/percussive").statusCode(409).body("code", equalTo("job_not_finished"));
        get(failed + "/stems/percussive")
                .statusCode(409)
                .body("code", equalTo("job_failed"))
                .body("detail", containsString("The FLAC file is broken."));
        get(separated() + "/stems/drums").statusCode(404).body("code", equalTo("stem_not_found"));
        get(UUID.randomUUID().toString()).statusCode(404).body("code", equalTo("job_not_found"));
        get("no-id").statusCode(404).body("code", equalTo("job_not_found"));
    }

    @Test
    void one_whose_task_was_revoked_has_failed_and_can_be_forgotten() throws Exception {
        String id = posted();
        when().delete(JOBS + "/" + id).then().statusCode(409).body("code", equalTo("job_not_finished"));

        String key = store.get(UUID.fromString(id)).orElseThrow().inputKey();
        control.revoke(store.get(UUID.fromString(id)).orElseThrow().taskJobId(), true);
        get(id).body("status", equalTo("failed")).body("error", equalTo("its job was revoked"));

        when().delete(JOBS + "/" + id).then().statusCode(204);
        get(id).statusCode(404);
        assertThat(Path.of("target/storage", key)).doesNotExist();
    }

    @Test
    void sounds_are_listed_a_page_at_a_time() throws Exception {
        String older = posted();
        String newer = separated();

        ValidatableResponse first = when().get(JOBS + "?limit=1").then().body("jobs.job_id", contains(newer));
        String cursor = first.extract().path("next_cursor");
        when().get(JOBS + "?limit=1&cursor=" + cursor).then().body("jobs.job_id", contains(older));
        when().get(JOBS + "?status=completed&limit=500")
                .then()
                .body("jobs.job_id", hasItem(newer))
                .body("jobs.job_id", not(hasItem(older)));
        when().get(JOBS + "?status=cooking").then().statusCode(422).body("errors.field", contains("status"));
    }
}
