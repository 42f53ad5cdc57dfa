package io.millrace.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a stand-in that checks every signature. */
class S3StorageTest {

    @TempDir
    Path folder;

    private SigningServer server;
    private Storage storage;

    @BeforeEach
    void aBucket() throws IOException {
        server = new SigningServer();
        storage = storage(Map.of("prefix", "tests/"));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private Storage storage(Map<String, String> more) {
        var settings = new HashMap<>(Map.of(
                "millrace.storage.folder",
                "unused",
                "millrace.storage.s3.bucket",
                "stems",
                "millrace.storage.s3.endpoint",
                server.address().toString(),
                "millrace.storage.s3.region",
                "eu-central-1",
                "millrace.storage.s3.access-key",
                SigningServer.ACCESS_KEY,
                "millrace.storage.s3.secret-key",
                SigningServer.SECRET_KEY));
        more.forEach((key, value) -> settings.put("millrace.storage.s3." + key, value));
        settings.values().removeIf(String::isEmpty);
        return new S3Storage(new SmallRyeConfigBuilder()
                .addDiscoveredConverters()
                .withMapping(StorageConfig.class)
                .withDefaultValues(settings)
                .build()
                .getConfigMapping(StorageConfig.class)
                .s3());
    }

    private Path file(String content) throws IOException {
        return Files.writeString(folder.resolve("upload"), content);
    }

    private String read(String key, long from, long length) throws IOException {
        try (var in = storage.open(key, from, length)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void whatIsPutIsThereInPartsAndWhole() throws Exception {
        storage.put("audio/1/input.wav", file("0123456789"));

        assertThat(server.objects).containsOnlyKeys("/stems/tests/audio/1/input.wav");
        assertThat(read("audio/1/input.wav", 0, 10)).isEqualTo("0123456789");
        assertThat(read("audio/1/input.wav", 3, 4)).isEqualTo("3456");
        storage.fetch("audio/1/input.wav", folder.resolve("fetched"));
        assertThat(folder.resolve("fetched")).hasContent("0123456789");
        assertThat(server.refused).isEmpty();
    }

    @Test
    void whatIsDeletedIsGone() throws Exception {
        storage.put("audio/1/input.wav", file("a"));

        storage.delete("audio/1/input.wav");
        storage.delete("audio/1/input.wav");

        assertThatThrownBy(() -> read("audio/1/input.wav", 0, 1)).isInstanceOf(NoSuchFileException.class);
        assertThatThrownBy(() -> storage.fetch("audio/1/input.wav", folder.resolve("fetched")))
                .isInstanceOf(NoSuchFileException.class);
        assertThat(folder.resolve("fetched")).doesNotExist();
    }

    @Test
    void whoIsNotWhoHeSaysIsRefusedAndTold() throws Exception {
        storage = storage(Map.of("secret-key", "another"));

        assertThatThrownBy(() -> storage.put("audio/1/input.wav", file("a")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("403")
                .hasMessageContaining("SignatureDoesNotMatch");
        assertThat(server.objects).isEmpty();
    }

    @Test
    void whatAnotherAttemptMayMendIsAnInputOutputFailure() throws Exception {
        server.fail(503);
        assertThatThrownBy(() -> storage.fetch("audio/1/input.wav", folder.resolve("fetched")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("SlowDown");

        server.close();
        assertThatThrownBy(() -> storage.put("audio/1/input.wav", file("a"))).isInstanceOf(IOException.class);
    }

    @Test
    void aBucketWithoutCredentialsIsAMistakeOfTheConfiguration() {
        assertThatThrownBy(() -> storage(Map.of("secret-key", "")))
                .hasMessageContaining("millrace.storage.s3.secret-key");
    }
}
