package io.millrace.helm;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The files of this checkout; tests run in the folder of their module. */
final class Checkout {

    static final Path ROOT = Path.of("..", "..").toAbsolutePath().normalize();
    static final Path CHART = ROOT.resolve(ChartFiles.CHART);
    static final Path EXAMPLES = ROOT.resolve("deploy/examples");

    private Checkout() {}

    static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<Path> filesBelow(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
