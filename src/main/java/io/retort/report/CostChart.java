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
 * <p>The front joins the networks of which no other is cheaper and as good, or better and as cheap (Pareto).
 */
public final class CostChart {
    private static final double MARGIN = 0.06;

    private final String cost;
    private final ScoreUnit unit;
    private final String metric;
    private final List<Network> networks;
    private final double least;
    private final double greatest;
    private final List<Double> scores;

    /**
     * A network.
     *
     * @param style a class of the page's style sheet
     * @param cost above 0
     */
    record Network(String style, String name, double cost, double score) {
        boolean isBeatenBy(Network other) {
            return other.cost <= cost && other.score >= score && (other.cost < cost || other.score > score);
        }
    }

    /**
     * A dot with its number, which the legend explains.
     *
     * @param text the network with its score and its cost
     */
    public record Dot(String style, String x, String y, int number, String text) {}

    private CostChart(String cost, Report.DatasetSection dataset, List<Network> networks) {
        this.cost = cost;
        this.unit = dataset.unit();
        this.metric = dataset.score();
        this.networks = networks;
        double from = networks.stream().mapToDouble(Network::cost).min().orElseThrow();
        double to = networks.stream().mapToDouble(Network::cost).max().orElseThrow();
        double margin = to > from ? Math.pow(to / from, MARGIN) : 2;
        this.least = from / margin;
        this.greatest = to * margin;
        double low = networks.stream().mapToDouble(Network::score).min().orElseThrow();
        double high = networks.stream().mapToDouble(Network::score).max().orElseThrow();
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
        return networks.size() < 2 ? Optional.empty() : Optional.of(new CostChart(cost, report.dataset(), networks));
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
        return IntStream.range(0, networks.size())
                .mapToObj(i -> {
                    Network network = networks.get(i);
                    return new Dot(
                            network.style(),
                            LossChart.figure(x(network.cost())),
                            LossChart.figure(y(network.score())),
                            i + 1,
                            network.name() + ": " + unit.text(network.score()) + ", " + Amounts.figure(network.cost()));
                })
                .toList();
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

    /** 1, 2 and 5 times powers of ten; powers alone where the scale is long. */
    public List<LossChart.Tick> costTicks() {
        List<Integer> times = greatest / least > 1e4 ? List.of(1) : List.of(1, 2, 5);
        List<LossChart.Tick> ticks = new ArrayList<>();
        for (double power = Math.pow(10, Math.floor(Math.log10(least))); power <= greatest; power *= 10) {
            for (int factor : times) {
                if (factor * power >= least && factor * power <= greatest) {
                    ticks.add(new LossChart.Tick(LossChart.figure(x(factor * power)), label(factor * power)));
                }
            }
        }
        return ticks;
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
