package io.retort.report;

import java.util.List;
import java.util.function.DoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;

/**
 * Points in a plane as a picture: coordinates within {@value #WIDTH} × {@value #HEIGHT}, for the templates to print.
 * Both axes are linear.
 */
public final class PointChart {
    static final int WIDTH = 420;
    static final int HEIGHT = 340;
    static final int LEFT = 62;
    static final int RIGHT = 404;
    static final int TOP = 14;
    static final int BOTTOM = 290;

    private final String title;
    private final Axis across;
    private final Axis up;
    private final List<Point> reference;
    private final List<Series> series;

    /**
     * An axis from its first tick to its last.
     *
     * @param label with the unit
     * @param text of a tick
     */
    record Axis(String label, List<Double> ticks, DoubleFunction<String> text) {
        /** That holds all values. */
        static Axis of(String label, DoubleStream values) {
            double[] all = values.toArray();
            double least = DoubleStream.of(all).min().orElse(0);
            double greatest = DoubleStream.of(all).max().orElse(0);
            double margin = greatest > least ? 0 : Math.max(Math.abs(greatest) / 2, 1e-3);
            return new Axis(label, LossChart.steps(least - margin, greatest + margin), LossChart::label);
        }

        private double part(double value) {
            double first = ticks.get(0);
            return (value - first) / (ticks.get(ticks.size() - 1) - first);
        }
    }

    /** Whether a line joins the points of a series. */
    enum Form {
        LINE,
        DOTS
    }

    /**
     * Points of one colour.
     *
     * @param style a class of the page's style sheet
     * @param text for the legend
     */
    record Series(String style, String text, List<Point> points, Form form) {}

    /**
     * A point.
     *
     * @param radius of its dot
     * @param text what it is
     */
    record Point(double x, double y, double radius, String text) {
        Point(double x, double y) {
            this(x, y, 2, "");
        }
    }

    /**
     * A series as it is drawn.
     *
     * @param path empty where no line joins the points
     */
    public record Drawn(String style, String text, String path, List<Dot> dots) {}

    /** A point as it is drawn. */
    public record Dot(String x, String y, String radius, String text) {}

    /** @param reference the ends of a line on which all would be right */
    PointChart(String title, Axis across, Axis up, List<Point> reference, List<Series> series) {
        this.title = title;
        this.across = across;
        this.up = up;
        this.reference = reference;
        this.series = series;
    }

    public String title() {
        return title;
    }

    public String acrossLabel() {
        return across.label();
    }

    public String upLabel() {
        return up.label();
    }

    public int width() {
        return WIDTH;
    }

    public int height() {
        return HEIGHT;
    }

    public int left() {
        return LEFT;
    }

    public int right() {
        return RIGHT;
    }

    public int top() {
        return TOP;
    }

    public int bottom() {
        return BOTTOM;
    }

    public List<LossChart.Tick> acrossTicks() {
        return across.ticks().stream()
                .map(tick -> new LossChart.Tick(x(tick), across.text().apply(tick)))
                .toList();
    }

    public List<LossChart.Tick> upTicks() {
        return up.ticks().stream()
                .map(tick -> new LossChart.Tick(y(tick), up.text().apply(tick)))
                .toList();
    }

    public String reference() {
        return path(reference);
    }

    public List<Drawn> series() {
        return series.stream()
                .map(one -> new Drawn(
                        one.style(),
                        one.text(),
                        one.form() == Form.LINE ? path(one.points()) : "",
                        one.points().stream()
                                .map(point -> new Dot(
                                        x(point.x()), y(point.y()), LossChart.figure(point.radius()), point.text()))
                                .toList()))
                .toList();
    }

    private String path(List<Point> points) {
        return points.stream()
                .map(point -> x(point.x()) + " " + y(point.y()))
                .collect(Collectors.joining(" L", "M", ""));
    }

    private String x(double value) {
        return LossChart.figure(LEFT + (RIGHT - LEFT) * across.part(value));
    }

    private String y(double value) {
        return LossChart.figure(BOTTOM - (BOTTOM - TOP) * up.part(value));
    }
}
