package io.retort.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The score of each network against one of its costs as a picture, in the coordinates of a {@link LossChart}: the score
 * upwards, the cost to the right on a logarithmic scale, both as means over the seeds.
 *
 * <p>The front joins the networks of which no other is cheaper and as good, or better and as cheap (Pareto). Beside the
 * networks, which the legend names one by one, there may be clouds of others, which it names together.
 */
public final class CostChart {
    private static final double MARGIN = 0.06;
    /** Multiples of powers of ten that make ticks, the closest ones first. */
    private static final List<List<Double>> ROUND =
            List.of(List.of(1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 7.0), List.of(1.0, 2.0, 5.0), List.of(1.0));

    private static final int MOST_TICKS = 7;
    private static final int LEAST_TICKS = 3;
    private static final double LABEL_HEIGHT = 13;
    private static final double LABEL_DISTANCE = 13;
    private static final int LABEL_DIRECTIONS = 8;
    private static final int LABEL_RINGS = 4;

    private final String cost;
    private final ScoreUnit unit;
    private final String metric;
    private final List<Network> networks;
    private final List<Cloud> clouds;
    private final double least;
    private final double greatest;
    private final List<Double> scores;

    /**
     * A network.
     *
     * @param style a class of the page's style sheet
     * @param cost above 0
     */
    public record Network(String style, String name, double cost, double score) {
        boolean isBeatenBy(Network other) {
            return other.cost <= cost && other.score >= score && (other.cost < cost || other.score > score);
        }
    }

    /** Networks of one colour. */
    public record Cloud(String style, String text, List<Network> networks) {}

    /**
     * A dot.
     *
     * @param number by which the legend explains it; 0 of one in a cloud
     * @param text the network with its score and its cost
     * @param label the middle of the number
     */
    public record Dot(String style, String x, String y, int number, String text, LossChart.Dot label) {}

    /** A rectangle around a place. */
    private record Box(double x, double y, double width, double height) {
        boolean meets(Box other) {
            return Math.abs(x - other.x) < (width + other.width) / 2
                    && Math.abs(y - other.y) < (height + other.height) / 2;
        }

        boolean isInside() {
            return x - width / 2 > LossChart.LEFT
                    && x + width / 2 < LossChart.RIGHT
                    && y - height / 2 > LossChart.TOP
                    && y + height / 2 < LossChart.BOTTOM;
        }
    }

    /**
     * A chart of at least one network.
     *
     * @param cost with its unit
     * @param metric the name of the score
     */
    public CostChart(String cost, String metric, List<Network> networks, List<Cloud> clouds) {
        this.cost = cost;
        this.unit = ScoreUnit.of(metric);
        this.metric = metric;
        this.networks = List.copyOf(networks);
        this.clouds = List.copyOf(clouds);
        List<Network> all = Stream.concat(
                        networks.stream(), clouds.stream().map(Cloud::networks).flatMap(List::stream))
                .toList();
        double from = all.stream().mapToDouble(Network::cost).min().orElseThrow();
        double to = all.stream().mapToDouble(Network::cost).max().orElseThrow();
        double margin = to > from ? Math.pow(to / from, MARGIN) : 2;
        this.least = from / margin;
        this.greatest = to * margin;
        double low = all.stream().mapToDouble(Network::score).min().orElseThrow();
        double high = all.stream().mapToDouble(Network::score).max().orElseThrow();
        double around = high > low ? 0 : 0.01;
        this.scores = LossChart.steps(low - around, high + around);
    }

    /** By bytes, multiply-accumulates and latency; none where fewer than two networks have a known cost. */
    static List<CostChart> of(Report report) {
        return Stream.of(
                        chart(report, "bytes of the ONNX file", figures -> figures.meanOf(Figures::bytes)),
                        chart(report, "multiply-accumulates", figures -> figures.meanOf(Figures::macs)),
                        chart(
                                report,
                                "milliseconds for one row",
                                figures -> OptionalDouble.of(figures.p50().mean())))
                .flatMap(Optional::stream)
                .toList();
    }

    private static Optional<CostChart> chart(Report report, String cost, Function<OverSeeds, OptionalDouble> of) {
        List<Network> networks = new ArrayList<>();
        add(networks, "teacher", "teacher", OverSeeds.alone(report.teacher().figures()), of);
        List<String> students =
                report.students().stream().map(StudentSection::name).distinct().toList();
        for (String student : students) {
            List<StudentSection> seeds = report.seeds(student);
            List<StageOverSeeds> stages = StageOverSeeds.of(seeds);
            for (StageOverSeeds stage : stages) {
                String name = stages.size() == 1 ? student : student + ", " + stage.title();
                add(networks, "student", name, stage.figures(), of);
            }
            List<Figures> baselines =
                    seeds.stream().flatMap(seed -> seed.baseline().stream()).toList();
            if (!baselines.isEmpty()) {
                add(networks, "baseline", student + "'s baseline", new OverSeeds(baselines), of);
            }
        }
        return networks.size() < 2
                ? Optional.empty()
                : Optional.of(new CostChart(cost, report.dataset().score(), networks, List.of()));
    }

    private static void add(
            List<Network> networks,
            String style,
            String name,
            OverSeeds figures,
            Function<OverSeeds, OptionalDouble> cost) {
        OptionalDouble known = cost.apply(figures);
        if (known.isPresent() && known.getAsDouble() > 0) {
            networks.add(new Network(
                    style, name, known.getAsDouble(), figures.accuracy().mean()));
        }
    }

    public String title() {
        return metric + " by " + cost;
    }

    public String cost() {
        return cost + " (logarithmic)";
    }

    public String metric() {
        return metric;
    }

    public List<Dot> dots() {
        List<Box> taken = new ArrayList<>(
                networks.stream().map(network -> box(network, 8, 8)).toList());
        List<Dot> dots = new ArrayList<>();
        for (Network network : networks) {
            int number = dots.size() + 1;
            Box label = label(network, number, taken);
            taken.add(label);
            dots.add(dot(network, number, label));
        }
        return dots;
    }

    /** The first free place around a network's dot, the nearest ones first. */
    private Box label(Network network, int number, List<Box> taken) {
        Box beside = box(network, 4 + 7 * Integer.toString(number).length(), LABEL_HEIGHT);
        return IntStream.range(0, LABEL_RINGS * LABEL_DIRECTIONS)
                .mapToObj(i -> {
                    double distance = LABEL_DISTANCE * (1 + i / LABEL_DIRECTIONS);
                    double angle = 2 * Math.PI * (i % LABEL_DIRECTIONS + 0.5) / LABEL_DIRECTIONS;
                    return new Box(
                            beside.x() + distance * Math.cos(angle),
                            beside.y() - distance * Math.sin(angle),
                            beside.width(),
                            beside.height());
                })
                .filter(place -> place.isInside() && taken.stream().noneMatch(place::meets))
                .findFirst()
                .orElse(beside);
    }

    private Box box(Network network, double width, double height) {
        return new Box(x(network.cost()), y(network.score()), width, height);
    }

    /** Those that the legend names together. */
    public List<Cloud> clouds() {
        return clouds;
    }

    public List<Dot> dots(Cloud cloud) {
        return cloud.networks().stream()
                .map(network -> dot(network, 0, box(network, 0, 0)))
                .toList();
    }

    private Dot dot(Network network, int number, Box label) {
        return new Dot(
                network.style(),
                LossChart.figure(x(network.cost())),
                LossChart.figure(y(network.score())),
                number,
                network.name() + ": " + unit.text(network.score()) + ", " + amount(network.cost()),
                new LossChart.Dot(LossChart.figure(label.x()), LossChart.figure(label.y())));
    }

    /** The path of the front, from the cheapest network to the best. */
    public String front() {
        List<String> points = networks.stream()
                .filter(network -> networks.stream().noneMatch(network::isBeatenBy))
                .sorted(Comparator.comparingDouble(Network::cost))
                .map(network -> LossChart.figure(x(network.cost())) + " " + LossChart.figure(y(network.score())))
                .toList();
        return "M" + String.join(" L", points);
    }

    /** Round numbers, as many as there is room for; at equal distances where the scale is short. */
    public List<LossChart.Tick> costTicks() {
        List<Double> ticks = ROUND.stream()
                .map(this::multiples)
                .filter(some -> some.size() <= MOST_TICKS)
                .findFirst()
                .filter(some -> some.size() >= LEAST_TICKS)
                .orElseGet(() -> LossChart.steps(least, greatest).stream()
                        .filter(this::isOnAxis)
                        .toList());
        return ticks.stream()
                .map(tick -> new LossChart.Tick(LossChart.figure(x(tick)), label(tick)))
                .toList();
    }

    private List<Double> multiples(List<Double> ofPowers) {
        return IntStream.rangeClosed((int) Math.floor(Math.log10(least)), (int) Math.ceil(Math.log10(greatest)))
                .boxed()
                .flatMap(power -> ofPowers.stream().map(factor -> factor * Math.pow(10, power)))
                .filter(this::isOnAxis)
                .toList();
    }

    private boolean isOnAxis(double tick) {
        return tick >= least && tick <= greatest;
    }

    private static String amount(double cost) {
        return cost < 0.01 ? LossChart.label(cost) : cost < 1 ? Amounts.millis(cost) : Amounts.figure(cost);
    }

    private static String label(double cost) {
        if (cost >= 1e6) {
            return LossChart.label(cost / 1e6) + " M";
        }
        return cost >= 1e3 ? LossChart.label(cost / 1e3) + " k" : LossChart.label(cost);
    }

    public List<LossChart.Tick> scoreTicks() {
        return scores.stream()
                .map(score -> new LossChart.Tick(LossChart.figure(y(score)), unit.text(score)))
                .toList();
    }

    private double x(double value) {
        return LossChart.LEFT
                + (LossChart.RIGHT - LossChart.LEFT) * Math.log(value / least) / Math.log(greatest / least);
    }

    private double y(double score) {
        double low = scores.get(0);
        double high = scores.get(scores.size() - 1);
        return LossChart.BOTTOM - (LossChart.BOTTOM - LossChart.TOP) * (score - low) / (high - low);
    }
}
