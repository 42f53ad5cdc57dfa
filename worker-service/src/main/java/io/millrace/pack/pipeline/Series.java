package io.millrace.pack.pipeline;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.NavigableMap;
import java.util.TreeMap;

/** A series that is shipped with the pack: one value an execution, by execution id. */
record Series(String metric, NavigableMap<Integer, Double> values) {

    /**
     * Reads a series of two columns, execution id and value, with a header line.
     *
     * @throws UncheckedIOException if it is not shipped or cannot be read
     */
    static Series shipped(String name) {
        String path = "/series/" + name + ".csv";
        try (var in = Series.class.getResourceAsStream(path)) {
            if (in == null) {
                throw new IOException(path + " is not in this build");
            }
            var lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
            String[] header = lines.readLine().split(",", 2);
            var values = new TreeMap<Integer, Double>();
            lines.lines()
                    .map(line -> line.split(",", 2))
                    .forEach(line -> values.put(Integer.valueOf(line[0]), Double.valueOf(line[1])));
            return new Series(header[1], values);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The values of up to {@code window} executions before this one, the oldest first. */
    double[] before(int execution, int window) {
        double[] all = values.headMap(execution, false).values().stream()
                .mapToDouble(Double::doubleValue)
                .toArray();
        return all.length <= window ? all : Arrays.copyOfRange(all, all.length - window, all.length);
    }
}
