package io.millrace.pack.market;

import io.millrace.market.Price;
import io.millrace.market.Refresh.Range;
import io.millrace.worker.task.PermanentFailure;
import io.millrace.worker.task.TaskFailure;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/** A file of prices of many symbols, read from its beginning to its end for each fetch. */
final class FileProvider implements PriceProvider {

    private static final String SHIPPED = "/market/prices.csv";
    private static final PriceCsv.Columns COLUMNS =
            new PriceCsv.Columns("symbol", "date", "close", "split", "dividend");

    private final Optional<Path> file;

    /** @param file empty for the prices that come with Millrace */
    FileProvider(Optional<Path> file) {
        this.file = file;
    }

    @Override
    public List<Answer> fetch(List<Range> ranges, Steps steps) {
        Map<String, NavigableMap<LocalDate, Price>> wanted = read(ranges);
        var answers = new ArrayList<Answer>(ranges.size());
        for (Range range : ranges) {
            steps.next(answers.size(), range);
            NavigableMap<LocalDate, Price> found = wanted.getOrDefault(range.symbol(), new TreeMap<>());
            answers.add(
                    found.isEmpty()
                            ? new Answer(range, null)
                            : new Answer(
                                    range,
                                    List.copyOf(found.subMap(range.from(), true, range.to(), true)
                                            .values())));
        }
        return answers;
    }

    private Map<String, NavigableMap<LocalDate, Price>> read(List<Range> ranges) {
        var wanted = new HashMap<String, NavigableMap<LocalDate, Price>>();
        ranges.forEach(range -> wanted.put(range.symbol(), new TreeMap<>()));
        try (var in = new BufferedReader(new InputStreamReader(open(), StandardCharsets.UTF_8))) {
            PriceCsv.read(in, COLUMNS, null, price -> {
                NavigableMap<LocalDate, Price> prices = wanted.get(price.symbol());
                if (prices != null) {
                    prices.put(price.date(), price);
                }
            });
        } catch (NoSuchFileException e) {
            throw new PermanentFailure("the file of prices is not there (millrace.market.file)", e);
        } catch (IOException e) {
            throw new TaskFailure("PricesUnreadable", "the file of prices cannot be read: " + e.getMessage(), e);
        } catch (PriceCsv.Malformed e) {
            throw new PermanentFailure("MalformedPrices", "the file of prices: " + e.getMessage());
        }
        return wanted;
    }

    private InputStream open() throws IOException {
        if (file.isPresent()) {
            return Files.newInputStream(file.get());
        }
        InputStream shipped = FileProvider.class.getResourceAsStream(SHIPPED);
        if (shipped == null) {
            throw new NoSuchFileException(SHIPPED);
        }
        return shipped;
    }
}
