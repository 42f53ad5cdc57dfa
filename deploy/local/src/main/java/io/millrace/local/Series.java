package io.millrace.local;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/** A series in the public domain that is shipped for trying things out: one value a year. */
public record Series(String metric, NavigableMap<Integer, Double> values) {

    /**
     * Reads a series of two columns, year and value, with a header line; what begins with # says where it is from.
     *
     * @throws UncheckedIOException if it is not shipped or cannot be read
     */
    public static Series shipped(String name) {
        String path = "/series/" + name + ".csv";
        try (var in = Series.class.getResourceAsStream(path)) {
            if (in == null) {
                throw new IOException(path + " is not in this build");
            }
            List<String[]> lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.split(",", 2))
                    .toList();
            var values = new TreeMap<Integer, Double>();
            lines.stream().skip(1).forEach(line -> values.put(Integer.valueOf(line[0]), Double.valueOf(line[1])));
            return new Series(lines.getFirst()[1], values);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
