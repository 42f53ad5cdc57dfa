package io.millrace.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderStorageTest {

    @TempDir
    Path folder;

    private Path root;
    private Storage storage;

    @BeforeEach
    void aStorage() {
        root = folder.resolve("storage");
        storage = new FolderStorage(root);
    }

    private void put(String key, String content) throws IOException {
        storage.put(key, Files.writeString(folder.resolve("upload"), content));
    }

    private String read(String key, long from, long length) throws IOException {
        try (var in = storage.open(key, from, length)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void whatIsPutIsThereInPartsAndWhole() throws Exception {
        put("audio/1/input.wav", "0123456789");

        assertThat(read("audio/1/input.wav", 0, 10)).isEqualTo("0123456789");
        assertThat(read("audio/1/input.wav", 3, 4)).isEqualTo("3456");
        storage.fetch("audio/1/input.wav", folder.resolve("fetched"));
        assertThat(folder.resolve("fetched")).hasContent("0123456789");
    }

    @Test
    void whatIsPutAgainIsReplacedAndNothingUnfinishedStays() throws Exception {
        put("audio/1/input.wav", "old");
        put("audio/1/input.wav", "new");

        assertThat(read("audio/1/input.wav", 0, 3)).isEqualTo("new");
        assertThat(root.resolve("audio/1")).isDirectoryNotContaining("glob:**unfinished*");
    }

    @Test
    void whatIsDeletedIsGoneWithTheFoldersThatItLeavesEmpty() throws Exception {
        put("audio/1/input.wav", "a");
        put("audio/2/input.wav", "b");

        storage.delete("audio/1/input.wav");
        storage.delete("audio/1/input.wav");

        assertThat(root.resolve("audio/1")).doesNotExist();
        assertThat(read("audio/2/input.wav", 0, 1)).isEqualTo("b");
        assertThatThrownBy(() -> read("audio/1/input.wav", 0, 1)).isInstanceOf(NoSuchFileException.class);
        assertThatThrownBy(() -> storage.fetch("audio/1/input.wav", folder.resolve("fetched")))
                .isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void noKeyLeadsOutOfTheFolder() {
        assertThatThrownBy(() -> put("../outside", "x")).isInstanceOf(IllegalArgumentException.class);
        assertThat(folder.resolve("outside")).doesNotExist();
    }
}
