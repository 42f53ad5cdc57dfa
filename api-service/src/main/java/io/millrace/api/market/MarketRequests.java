package io.millrace.api.market;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.api.body.Body;
import io.millrace.api.body.JsonFields;
import io.millrace.api.body.QueryParams;
import io.millrace.api.problem.FieldError;
import io.millrace.market.Basket;
import io.millrace.market.IndexDefinition;
import io.millrace.market.Price;
import io.millrace.market.Rebalancing;
import io.millrace.market.Returns;
import io.millrace.market.Weighting;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the bodies of requests about the market. What is wrong is collected, so that a caller hears of all of it at once. */
final class MarketRequests {

    /** The most prices of one request. */
    static final int MAX_PRICES = 10_000;

    private static final int MAX_BASKETS = 1_000;
    private static final int MAX_SYMBOLS = 2_000;
    private static final int TITLE_LENGTH = 200;
    private static final int MAX_CARRY_DAYS = 3_650;
    private static final int MOST_DIGITS = 30;
    private static final int MOST_PLACES = 20;
    private static final BigDecimal BASE_VALUE = new BigDecimal(1000);
    private static final int CARRY_DAYS = 7;
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
    private static final Pattern SYMBOL = Pattern.compile("[A-Za-z0-9.^=_:-]{1,32}");

    private static final Set<String> PRICE_FIELDS = Set.of("symbol", "date", "close", "split", "dividend");
    private static final Set<String> BASKET_FIELDS = Set.of("from", "weights");
    private static final Set<String> INDEX_FIELDS = Set.of(
            "title",
            "project_id",
            "base_date",
            "base_value",
            "weighting",
            "returns",
            "rebalancing",
            "max_carry_days",
            "baskets");

    /** Numbers are read as they are written, to the last digit. */
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private final ObjectNode body;
    private final List<FieldError> errors = new ArrayList<>();

    private MarketRequests(Body body, Set<String> fields) {
        this.body = JsonFields.required(body.bytes(), fields, JSON);
    }

    /** Prices that are told. */
    static List<Price> prices(Body body) {
        var in = new MarketRequests(body, Set.of("prices"));
        JsonNode array = in.body.path("prices");
        var prices = new ArrayList<Price>(array.size());
        if (!array.isArray() || array.isEmpty() || array.size() > MAX_PRICES) {
            in.error("prices", "must be an array of 1 to " + MAX_PRICES + " prices");
        }
        var seen = new HashSet<String>();
        for (int i = 0; array.isArray() && i < Math.min(array.size(), MAX_PRICES); i++) {
            Price price = in.price(array.get(i), "prices[" + i + "]");
            if (price == null) {
                continue;
            }
            if (!seen.add(price.symbol() + " " + price.date())) {
                in.error("prices[" + i + "]", "is of the same symbol and date as another one");
            }
            prices.add(price);
        }
        in.refuse();
        return prices;
    }

    private @Nullable Price price(JsonNode price, String path) {
        if (!price.isObject()) {
            error(path, "must be an object with symbol, date and close");
            return null;
        }
        JsonFields.refuseOthers(price, PRICE_FIELDS, path + ".");
        String symbol = symbol(price.path("symbol"), path + ".symbol");
        LocalDate date = date(price.path("date"), path + ".date");
        BigDecimal close = number(price.path("close"), path + ".close", false, null);
        BigDecimal split = number(price.path("split"), path + ".split", false, BigDecimal.ONE);
        BigDecimal dividend = number(price.path("dividend"), path + ".dividend", true, BigDecimal.ZERO);
        return symbol == null || date == null || close == null || split == null || dividend == null
                ? null
                : new Price(symbol, date, close, split, dividend);
    }

    /** What an index is to be. */
    static IndexDefinition definition(String name, Body body) {
        var in = new MarketRequests(body, INDEX_FIELDS);
        if (!NAME.matcher(name).matches()) {
            in.error(
                    "name",
                    "must be 1 to 64 letters, digits, dots, underscores and hyphens, of which the first is a letter or digit");
        }
        String title = in.text("title");
        String project = in.text("project_id");
        LocalDate baseDate = in.date(in.body.path("base_date"), "base_date");
        BigDecimal baseValue = in.number(in.body.path("base_value"), "base_value", false, BASE_VALUE);
        Weighting weighting = in.word("weighting", Weighting::of, Weighting.FIXED, "fixed or capitalisation");
        Returns returns = in.word("returns", Returns::of, Returns.PRICE, "price or total");
        Rebalancing rebalancing =
                in.word("rebalancing", Rebalancing::of, Rebalancing.NEVER, "never, monthly, quarterly or yearly");
        if (weighting == Weighting.CAPITALISATION && rebalancing != Rebalancing.NEVER) {
            in.error("rebalancing", "must be never where weighting is capitalisation; new numbers are a new basket");
        }
        int maxCarryDays = in.carryDays();
        List<Basket> baskets = in.baskets(baseDate);
        in.refuse();
        if (baseDate == null || baseValue == null) {
            throw new IllegalStateException("what is missing is refused");
        }
        return new IndexDefinition(
                name,
                title,
                project,
                new IndexDefinition.Method(
                        baseDate, baseValue, weighting, returns, rebalancing, maxCarryDays, baskets));
    }

    private int carryDays() {
        JsonNode days = body.path("max_carry_days");
        if (!JsonFields.isThere(days)) {
            return CARRY_DAYS;
        }
        if (!days.isIntegralNumber()
                || !days.canConvertToInt()
                || days.intValue() < 0
                || days.intValue() > MAX_CARRY_DAYS) {
            error("max_carry_days", "must be a whole number from 0 to " + MAX_CARRY_DAYS);
            return CARRY_DAYS;
        }
        return days.intValue();
    }

    private List<Basket> baskets(@Nullable LocalDate baseDate) {
        JsonNode array = body.path("baskets");
        var baskets = new ArrayList<Basket>();
        if (!array.isArray() || array.isEmpty() || array.size() > MAX_BASKETS) {
            error("baskets", "must be an array of 1 to " + MAX_BASKETS + " baskets");
            return baskets;
        }
        for (int i = 0; i < array.size(); i++) {
            Basket basket = basket(array.get(i), "baskets[" + i + "]", i == 0 ? baseDate : null);
            if (basket == null) {
                continue;
            }
            if (!baskets.isEmpty() && !basket.from().isAfter(baskets.getLast().from())) {
                error("baskets[" + i + "].from", "must be after that of the basket before");
            }
            baskets.add(basket);
        }
        if (baseDate != null && !baskets.isEmpty() && baskets.getFirst().from().isAfter(baseDate)) {
            error("baskets[0].from", "must not be after base_date");
        }
        return baskets;
    }

    private @Nullable Basket basket(JsonNode basket, String path, @Nullable LocalDate otherwise) {
        if (!basket.isObject()) {
            error(path, "must be an object with from and weights");
            return null;
        }
        JsonFields.refuseOthers(basket, BASKET_FIELDS, path + ".");
        JsonNode day = basket.path("from");
        LocalDate from = !JsonFields.isThere(day) && otherwise != null ? otherwise : date(day, path + ".from");
        JsonNode weights = basket.path("weights");
        var read = new TreeMap<String, BigDecimal>();
        if (!weights.isObject() || weights.isEmpty() || weights.size() > MAX_SYMBOLS) {
            error(path + ".weights", "must be an object of 1 to " + MAX_SYMBOLS + " numbers by symbol");
            return null;
        }
        weights.properties().forEach(weight -> {
            String field = path + ".weights." + weight.getKey();
            if (!SYMBOL.matcher(weight.getKey()).matches()) {
                error(path + ".weights", "must have symbols of 1 to 32 letters, digits and . ^ = _ : -");
                return;
            }
            BigDecimal number = number(weight.getValue(), field, false, null);
            if (number != null) {
                read.put(weight.getKey(), number);
            }
        });
        return from == null || read.isEmpty() ? null : Basket.of(from, read);
    }

    private @Nullable String symbol(JsonNode node, String field) {
        if (!node.isTextual() || !SYMBOL.matcher(node.textValue()).matches()) {
            error(field, "must be 1 to 32 letters, digits and . ^ = _ : -");
            return null;
        }
        return node.textValue();
    }

    private @Nullable LocalDate date(JsonNode node, String field) {
        LocalDate read = node.isTextual() ? date(node.textValue()) : null;
        if (read == null) {
            error(field, "must be a day such as 2026-01-31");
        }
        return read;
    }

    /** A day in an address, null where there is none. Adds what is wrong. */
    static @Nullable LocalDate date(String field, @Nullable String text, List<FieldError> errors) {
        if (text == null || text.isEmpty()) {
            return null;
        }
        LocalDate read = date(text);
        if (read == null) {
            errors.add(new FieldError(field, "must be a day such as 2026-01-31"));
        }
        return read;
    }

    private static @Nullable LocalDate date(String text) {
        try {
            LocalDate read = LocalDate.parse(text);
            return read.getYear() < 1 || read.getYear() > 9999 ? null : read;
        } catch (DateTimeException e) {
            return null;
        }
    }

    private @Nullable BigDecimal number(JsonNode node, String field, boolean zero, @Nullable BigDecimal otherwise) {
        if (!JsonFields.isThere(node) && otherwise != null) {
            return otherwise;
        }
        BigDecimal number = node.isNumber() ? node.decimalValue() : null;
        if (number == null || number.signum() < (zero ? 0 : 1)) {
            error(field, zero ? "must be a number from 0 on" : "must be a number greater than 0");
            return null;
        }
        if (number.precision() > MOST_DIGITS || Math.abs(number.scale()) > MOST_PLACES) {
            error(
                    field,
                    "must have at most " + MOST_DIGITS + " digits, of which " + MOST_PLACES + " may be decimal places");
            return null;
        }
        return number;
    }

    private @Nullable String text(String field) {
        JsonNode text = body.path(field);
        if (!JsonFields.isThere(text)) {
            return null;
        }
        if (!text.isTextual()
                || text.textValue().isBlank()
                || text.textValue().length() > TITLE_LENGTH
                || text.textValue().indexOf('\u0000') >= 0) {
            error(field, "must be text of 1 to " + TITLE_LENGTH + " characters, or null");
            return null;
        }
        return text.textValue();
    }

    private <T> T word(String field, Function<String, T> read, T otherwise, String words) {
        JsonNode word = body.path(field);
        if (!JsonFields.isThere(word)) {
            return otherwise;
        }
        try {
            return read.apply(word.isTextual() ? word.textValue() : "");
        } catch (IllegalArgumentException e) {
            error(field, "must be " + words);
            return otherwise;
        }
    }

    private void error(String field, String message) {
        errors.add(new FieldError(field, message));
    }

    private void refuse() {
        QueryParams.refuse(errors);
    }
}
