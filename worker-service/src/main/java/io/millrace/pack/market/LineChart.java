package io.millrace.pack.market;

import io.millrace.market.IndexFacts.Level;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleFunction;

/**
 * A line over time as inline SVG, coloured by the page's style. Drawn here, because the chart libraries for Java draw by
 * AWT, which a native image has no place for.
 */
final class LineChart {

    private static final int WIDTH = 920;
    private static final int LEFT = 64;
    private static final int RIGHT = 12;
    private static final int TOP = 12;
    private static final int BOTTOM = 26;
    private static final int Y_LINES = 5;
    private static final int X_LABELS = 8;

    /** More points than these are narrower than the line. */
    private static final int MOST_POINTS = 1_200;

    private final List<Level> points;
    private final int height;
    private final double low;
    private final double high;
    private final double step;

    private LineChart(List<Level> points, int height) {
        this.points = points;
        this.height = height;
        double least = points.stream().mapToDouble(LineChart::value).min().orElse(0);
        double most = points.stream().mapToDouble(LineChart::value).max().orElse(1);
        this.step = round((most - least) / Y_LINES);
        this.low = Math.floor(least / step) * step;
        this.high = Math.max(low + step, Math.ceil(most / step) * step);
    }

    /**
     * Draws levels.
     *
     * @param levels at least one, by their days
     * @param kind what the style calls it by
     * @param says what it shows, for those who cannot see it
     */
    static String svg(List<Level> levels, int height, String kind, String says, DoubleFunction<String> label) {
        return new LineChart(thinned(levels), height).draw(kind, says, label);
    }

    private String draw(String kind, String says, DoubleFunction<String> label) {
        var svg = new StringBuilder();
        svg.append("<svg class=\"chart %s\" viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">\n"
                .formatted(kind, WIDTH, height, ReportPage.escaped(says)));
        for (double value = low; value <= high + step / 2; value += step) {
            String at = number(y(value));
            svg.append("<line class=\"grid\" x1=\"%d\" x2=\"%d\" y1=\"%s\" y2=\"%s\"/>"
                            .formatted(LEFT, WIDTH - RIGHT, at, at))
                    .append("<text class=\"axis\" x=\"%d\" y=\"%s\" text-anchor=\"end\">%s</text>\n"
                            .formatted(LEFT - 8, number(y(value) + 4), label.apply(value)));
        }
        for (Level level : labelled()) {
            svg.append("<text class=\"axis\" x=\"%s\" y=\"%d\" text-anchor=\"middle\">%s</text>\n"
                    .formatted(
                            number(x(level.date())),
                            height - 6,
                            level.date().toString().substring(0, 7)));
        }
        String line = line();
        String floor = number(y(Math.clamp(0, low, high)));
        svg.append("<path class=\"area\" d=\"%s L %s %s L %s %s Z\"/>\n"
                .formatted(
                        line,
                        number(x(points.getLast().date())),
                        floor,
                        number(x(points.getFirst().date())),
                        floor));
        return svg.append("<path class=\"line\" d=\"")
                .append(line)
                .append("\"/>\n</svg>\n")
                .toString();
    }

    private String line() {
        var path = new StringBuilder();
        for (Level point : points) {
            path.append(path.isEmpty() ? "M " : " L ")
                    .append(number(x(point.date())))
                    .append(' ')
                    .append(number(y(value(point))));
        }
        return path.toString();
    }

    /** Not too near the edges, where they would be cut off. */
    private List<Level> labelled() {
        var labelled = new ArrayList<Level>();
        for (int i = 0; i < X_LABELS; i++) {
            Level level = points.get((int) ((i + 0.5) * points.size() / X_LABELS));
            if (labelled.isEmpty() || x(level.date()) - x(labelled.getLast().date()) > 60) {
                labelled.add(level);
            }
        }
        return labelled;
    }

    private double x(LocalDate date) {
        LocalDate first = points.getFirst().date();
        long days = Math.max(1, ChronoUnit.DAYS.between(first, points.getLast().date()));
        return LEFT + (double) ChronoUnit.DAYS.between(first, date) / days * (WIDTH - LEFT - RIGHT);
    }

    private double y(double value) {
        return TOP + (high - value) / (high - low) * (height - TOP - BOTTOM);
    }

    private static double value(Level level) {
        return level.value().doubleValue();
    }

    /** The next of 1, 2 and 5 times a power of ten. */
    private static double round(double step) {
        if (!(step > 0)) {
            return 1;
        }
        double power = Math.pow(10, Math.floor(Math.log10(step)));
        double times = step / power;
        return power * (times <= 1 ? 1 : times <= 2 ? 2 : times <= 5 ? 5 : 10);
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }

    /** The lowest and the highest of every few, so that no peak is lost. */
    private static List<Level> thinned(List<Level> levels) {
        if (levels.size() <= MOST_POINTS) {
            return levels;
        }
        int every = (levels.size() * 2 + MOST_POINTS - 1) / MOST_POINTS;
        var kept = new ArrayList<Level>();
        for (int from = 0; from < levels.size(); from += every) {
            List<Level> some = levels.subList(from, Math.min(levels.size(), from + every));
            Level least = some.getFirst();
            Level most = some.getFirst();
            for (Level level : some) {
                least = level.value().compareTo(least.value()) < 0 ? level : least;
                most = level.value().compareTo(most.value()) > 0 ? level : most;
            }
            boolean falls = most.date().isBefore(least.date());
            kept.add(falls ? most : least);
            if (!least.date().equals(most.date())) {
                kept.add(falls ? least : most);
            }
        }
        if (!kept.getLast().date().equals(levels.getLast().date())) {
            kept.add(levels.getLast());
        }
        return kept;
    }
}
