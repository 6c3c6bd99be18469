package io.retort.report;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;

/**
 * Losses by epoch as a picture: coordinates within {@value #WIDTH} × {@value #HEIGHT}, for the template of
 * {@code report.html} to print.
 *
 * <p>The scale is logarithmic where all losses are positive and the greatest is more than {@value #LINEAR} times the
 * least.
 */
public final class LossChart {
    static final int WIDTH = 640;
    static final int HEIGHT = 300;
    static final int LEFT = 64;
    static final int RIGHT = 624;
    static final int TOP = 20;
    static final int BOTTOM = 252;
    static final double LINEAR = 50;

    private static final int MAX_TICKS = 8;
    private static final int MAX_DOTS = 30;

    private final List<Line> lines = new ArrayList<>();
    private final List<Tick> marks = new ArrayList<>();
    private final double[] losses;
    private final double lastEpoch;
    private final boolean logarithmic;
    private final double low;
    private final double high;
    private final List<Double> ticks;
    private final boolean inNats;

    /**
     * A line of one colour.
     *
     * @param style a class of the page's style sheet
     * @param curves one after the other, as fine-tunings are
     */
    public record Series(String style, List<CurveSection> curves) {
        public Series {
            curves = List.copyOf(curves);
        }

        int epochs() {
            return curves.stream().mapToInt(CurveSection::epochs).sum();
        }
    }

    /**
     * One training.
     *
     * @param points as a polyline has them
     * @param dots where each of few epochs is to be seen
     */
    public record Line(String style, String points, List<Dot> dots) {}

    /** An epoch. */
    public record Dot(String x, String y) {}

    /** A place at an axis, with its text. */
    public record Tick(String at, String label) {}

    /** @throws IllegalArgumentException where there is no epoch in all of the series */
    LossChart(List<Series> series) {
        List<CurveSection> curves =
                series.stream().map(Series::curves).flatMap(Collection::stream).toList();
        losses = curves.stream()
                .flatMap(curve -> curve.loss().stream())
                .mapToDouble(Double::doubleValue)
                .filter(Double::isFinite)
                .toArray();
        if (losses.length == 0) {
            throw new IllegalArgumentException("a chart must have at least one epoch");
        }
        double least = DoubleStream.of(losses).min().orElseThrow();
        double greatest = DoubleStream.of(losses).max().orElseThrow();
        logarithmic = least > 0 && greatest > LINEAR * least;
        lastEpoch = series.stream().mapToInt(Series::epochs).max().orElseThrow();
        inNats = curves.stream().allMatch(curve -> curve.unit().equals(CurveSection.NATS));
        if (logarithmic) {
            ticks = powers(least, greatest);
        } else {
            double margin = greatest > least ? 0 : Math.max(Math.abs(greatest) / 2, 1e-3);
            ticks = steps(least - margin, greatest + margin);
        }
        low = ticks.get(0);
        high = ticks.get(ticks.size() - 1);
        series.forEach(this::draw);
    }

    /** With a mark, from top to bottom, at which each part of a series begins. */
    LossChart marking(List<String> labels, List<Integer> epochs) {
        double before = 0;
        for (int i = 0; i < labels.size(); i++) {
            marks.add(new Tick(figure(x(before + 0.5)), labels.get(i)));
            before += epochs.get(i);
        }
        return this;
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

    public List<Line> lines() {
        return lines;
    }

    public List<Tick> marks() {
        return marks;
    }

    /** At the axis of epochs: whole numbers, evenly spread. */
    public List<Tick> epochTicks() {
        int step = Math.max(1, (int) Math.ceil(niceStep(lastEpoch / MAX_TICKS)));
        List<Tick> found = new ArrayList<>();
        for (int epoch = step; epoch <= lastEpoch; epoch += step) {
            if (step > 1 && found.isEmpty()) {
                found.add(new Tick(figure(x(1)), "1"));
            }
            found.add(new Tick(figure(x(epoch)), Integer.toString(epoch)));
        }
        return found;
    }

    public List<Tick> lossTicks() {
        return ticks.stream()
                .map(loss -> new Tick(figure(y(loss)), label(loss)))
                .toList();
    }

    /** The name of the losses, with their unit. */
    public String lossLabel() {
        return "mean loss" + (inNats ? ", nats" : "") + (logarithmic ? " (logarithmic)" : "");
    }

    private void draw(Series series) {
        boolean dotted = series.epochs() <= MAX_DOTS;
        double before = 0;
        for (CurveSection curve : series.curves()) {
            StringBuilder points = new StringBuilder();
            List<Dot> dots = new ArrayList<>();
            for (int i = 0; i < curve.loss().size(); i++) {
                if (Double.isFinite(curve.loss().get(i))) {
                    Dot dot = new Dot(
                            figure(x(before + curve.epoch().get(i))),
                            figure(y(curve.loss().get(i))));
                    points.append(points.isEmpty() ? "" : " ")
                            .append(dot.x())
                            .append(',')
                            .append(dot.y());
                    dots.add(dot);
                }
            }
            lines.add(new Line(series.style(), points.toString(), dotted ? dots : List.of()));
            before += curve.epochs();
        }
    }

    /** Half an epoch is free at both ends, so that a single one is in the middle. */
    private double x(double epoch) {
        return LEFT + (RIGHT - LEFT) * (epoch - 0.5) / lastEpoch;
    }

    private double y(double loss) {
        double part = logarithmic ? Math.log(loss / low) / Math.log(high / low) : (loss - low) / (high - low);
        return BOTTOM - (BOTTOM - TOP) * part;
    }

    /** Multiples of 1, 2 or 5 times a power of ten, from below the least to above the greatest. */
    static List<Double> steps(double least, double greatest) {
        double step = niceStep((greatest - least) / (MAX_TICKS - 2));
        long first = (long) Math.floor(least / step + 1e-9);
        long last = (long) Math.ceil(greatest / step - 1e-9);
        List<Double> found = new ArrayList<>();
        for (long i = first; i <= last; i++) {
            found.add(i * step);
        }
        return found;
    }

    /** Powers of ten from below the least to above the greatest. */
    private static List<Double> powers(double least, double greatest) {
        int first = (int) Math.floor(Math.log10(least) + 1e-9);
        int last = (int) Math.ceil(Math.log10(greatest) - 1e-9);
        List<Double> found = new ArrayList<>();
        for (int power = first; power <= last; power++) {
            found.add(Math.pow(10, power));
        }
        return found;
    }

    /** The least of 1, 2 and 5 times a power of ten that is no less. */
    private static double niceStep(double least) {
        double power = Math.pow(10, Math.floor(Math.log10(least)));
        double times = least / power;
        return power * (times <= 1 + 1e-9 ? 1 : times <= 2 + 1e-9 ? 2 : times <= 5 + 1e-9 ? 5 : 10);
    }

    static String label(double loss) {
        double size = Math.abs(loss);
        return size != 0 && (size < 1e-3 || size >= 1e5)
                ? String.format(Locale.ROOT, "%.0e", loss)
                : Double.toString(Math.round(loss * 1e4) / 1e4).replaceFirst("\\.0$", "");
    }

    static String figure(double coordinate) {
        return String.format(Locale.ROOT, "%.1f", coordinate);
    }
}
