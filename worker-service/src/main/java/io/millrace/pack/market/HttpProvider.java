package io.millrace.pack.market;

import io.millrace.market.Price;
import io.millrace.market.Refresh.Range;
import io.millrace.worker.http.HttpCalls;
import io.millrace.worker.task.PermanentFailure;
import io.millrace.worker.task.TaskFailure;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/**
 * An HTTP API that has prices. A call that fails ends the fetch, in the way that its answer says
 * ({@link HttpCalls}): the job waits as long as the other side has asked for, and holds no thread meanwhile.
 */
final class HttpProvider implements PriceProvider {

    private static final int NOT_FOUND = 404;

    private final HttpProviderConfig config;
    private final HttpCalls http;
    private final PriceCsv.Columns columns;

    HttpProvider(HttpProviderConfig config) {
        this.config = config;
        this.http = new HttpCalls(
                config.timeout(), Math.toIntExact(config.maxAnswer().asLongValue()));
        this.columns = new PriceCsv.Columns(
                null, config.dateColumn(), config.closeColumn(), config.splitColumn(), config.dividendColumn());
    }

    @Override
    public List<Answer> fetch(List<Range> ranges, Steps steps) throws InterruptedException {
        var answers = new ArrayList<Answer>(ranges.size());
        for (Range range : ranges) {
            steps.next(answers.size(), range);
            HttpResponse<byte[]> response = http.send(request(range), Set.of(NOT_FOUND));
            answers.add(new Answer(
                    range, response.statusCode() == NOT_FOUND ? null : prices(range, HttpCalls.text(response))));
        }
        return answers;
    }

    private HttpRequest request(Range range) {
        URI base = config.baseUrl()
                .orElseThrow(() -> new PermanentFailure(
                        "ProviderNotConfigured",
                        "no provider of prices is configured (millrace.market.http.base-url)"));
        String path = config.path()
                // A space in a path is %20; + would be a plus.
                .replace(
                        "{symbol}",
                        URLEncoder.encode(range.symbol(), StandardCharsets.UTF_8)
                                .replace("+", "%20"))
                .replace("{from}", range.from().toString())
                .replace("{to}", range.to().toString());
        try {
            var request = HttpRequest.newBuilder(URI.create(withoutSlash(base) + path))
                    .header("Accept", "text/csv");
            config.credentials().ifPresent(secret -> request.header(config.credentialsHeader(), secret));
            return request.build();
        } catch (IllegalArgumentException e) {
            // Its message may quote a header, and with it the credentials.
            throw new PermanentFailure(
                    "ProviderNotConfigured", "the configuration of the provider of prices makes no valid request");
        }
    }

    private static String withoutSlash(URI base) {
        String text = base.toString();
        return text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
    }

    private List<Price> prices(Range range, String csv) {
        var prices = new TreeMap<LocalDate, Price>();
        try {
            PriceCsv.read(new BufferedReader(new StringReader(csv)), columns, range.symbol(), price -> {
                if (!price.date().isBefore(range.from()) && !price.date().isAfter(range.to())) {
                    prices.put(price.date(), price);
                }
            });
        } catch (PriceCsv.Malformed e) {
            // It may be half an answer, or a page that excuses itself; another time it may be whole.
            throw new TaskFailure(
                    "MalformedPrices", "the provider's answer for " + range.symbol() + ": " + e.getMessage());
        } catch (IOException e) {
            throw new UncheckedIOException("reading memory cannot fail", e);
        }
        return List.copyOf(prices.values());
    }
}
