package io.retort.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.retort.evaluate.ContingencyTable;
import io.retort.evaluate.ContingencyTable.McNemar;
import io.retort.report.Report.ChallengeSection;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * The networks of several runs beside each other, each over its seeds.
 *
 * @param notes on which of the figures can be compared, and which cannot
 * @param paired students on the same held-out rows; none where nobody was asked again
 */
public record RunComparison(
        List<Row> rows,
        List<String> notes,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Paired> paired) {
    private static final String TEACHER = "teacher";

    private static final String NO_PAIRS = "no paired test (McNemar): a run keeps counts over its held-out rows and no"
            + " answers to single ones; intervals are those of independent runs, or of equal seeds; --paired asks the"
            + " students about the rows again";

    public RunComparison {
        rows = List.copyOf(rows);
        notes = List.copyOf(notes);
        paired = List.copyOf(paired);
    }

    /**
     * A student beside the first of all, on the same held-out rows.
     *
     * @param student {@code name/run student seed n}
     * @param first likewise
     * @param pairs of the two, in this order
     * @param test McNemar's
     */
    public record Paired(String student, String first, ContingencyTable pairs, McNemar test) {
        public Paired(String student, String first, ContingencyTable pairs) {
            this(student, first, pairs, McNemar.of(pairs));
        }

        private String sentence() {
            return pairs.samples() == 0
                    ? student + " and " + first + ": no held-out row shows which of them is right"
                    : String.format(
                            Locale.ROOT,
                            "%s does better on %,d of %,d rows than %s, and worse on %,d; %s",
                            student,
                            pairs.onlyFirst(),
                            pairs.samples(),
                            first,
                            pairs.onlySecond(),
                            chance(test));
        }
    }

    private static String chance(McNemar test) {
        return String.format(
                Locale.ROOT,
                "by chance alone so large a lead has probability %.3g, so large a lag %.3g (McNemar)",
                test.better(),
                test.worse());
    }

    /** The same with students that were asked again. */
    public RunComparison with(List<Paired> pairs) {
        return new RunComparison(
                rows, notes.stream().filter(note -> !note.equals(NO_PAIRS)).toList(), pairs);
    }

    /**
     * A network of a run.
     *
     * @param run {@code name/run}
     * @param score of the held-out rows, in the task's own figure
     * @param bytes of the ONNX file, mean over the seeds; nothing where they are not known, as of some teachers
     * @param macs likewise
     * @param p50 median milliseconds of one row
     * @param gain over the baseline of the same run; nothing where there is none
     * @param verdict of that; empty of teachers
     * @param overFirst score less that of the first student of all, with its 95 % interval; nothing where other rows
     *     were held out, or seeds are of other numbers
     */
    public record Row(
            String run,
            String network,
            String metric,
            MeanAndDeviation score,
            OptionalLong bytes,
            OptionalLong macs,
            MeanAndDeviation p50,
            Optional<Comparison> gain,
            String verdict,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) Optional<Comparison> overFirst) {}

    /** The student that others are compared with. */
    private record First(Report report, String name, OverSeeds student) {
        boolean isBeside(Report other, Network network) {
            return !network.name().equals(TEACHER)
                    && (!report.title().equals(other.title()) || !network.name().equals(name));
        }

        Optional<Comparison> under(Report other, OverSeeds network) {
            boolean comparable = report.dataset().test().equals(other.dataset().test())
                    && report.dataset().score().equals(other.dataset().score())
                    && student.each().size() == network.each().size();
            return comparable
                    ? Optional.of(Comparison.of(
                            report.dataset().unit(),
                            scores(network),
                            scores(student),
                            report.dataset().testSamples()))
                    : Optional.empty();
        }

        private static List<Double> scores(OverSeeds network) {
            return network.each().stream().map(Figures::accuracy).toList();
        }
    }

    /** Compares runs; the first student of the first is what others are compared with. */
    public static RunComparison of(List<Report> reports) {
        Optional<First> first = reports.stream()
                .flatMap(report -> networks(report).stream()
                        .skip(1)
                        .map(network -> new First(report, network.name(), network.figures())))
                .findFirst();
        List<Row> rows = new ArrayList<>();
        List<String> notes = new ArrayList<>();
        for (Report report : reports) {
            for (Network network : networks(report)) {
                rows.add(row(report, network, first.filter(one -> one.isBeside(report, network))));
            }
            report.challenges().forEach(challenge -> notes.addAll(paired(report, challenge)));
        }
        notes.addAll(differences(reports));
        if (reports.size() > 1) {
            notes.add(NO_PAIRS);
        }
        return new RunComparison(rows, notes, List.of());
    }

    private record Network(String name, OverSeeds figures, Optional<SummarySection> summary) {}

    /** The teacher first. */
    private static List<Network> networks(Report report) {
        List<Network> networks = new ArrayList<>();
        networks.add(new Network(TEACHER, OverSeeds.alone(report.teacher().figures()), Optional.empty()));
        report.summary()
                .forEach(student -> networks.add(
                        new Network(student.title(), report.overSeeds(student.name()), Optional.of(student))));
        report.challenges().stream()
                .flatMap(challenge -> challenge.contenders().stream())
                .filter(contender -> !contender.name().equals(TEACHER))
                .forEach(contender -> contender
                        .figures()
                        .forEach(figures -> networks.add(
                                new Network(contender.name(), OverSeeds.alone(figures), Optional.empty()))));
        return networks;
    }

    private static Row row(Report report, Network network, Optional<First> first) {
        OverSeeds figures = network.figures();
        return new Row(
                report.title(),
                network.name(),
                report.dataset().score(),
                figures.accuracy(),
                rounded(figures.meanOf(Figures::bytes)),
                rounded(figures.meanOf(Figures::macs)),
                figures.p50(),
                network.summary().flatMap(SummarySection::comparison),
                network.summary().map(SummarySection::verdict).orElse(""),
                first.flatMap(one -> one.under(report, figures)));
    }

    private static OptionalLong rounded(OptionalDouble mean) {
        return mean.isPresent() ? OptionalLong.of(Math.round(mean.getAsDouble())) : OptionalLong.empty();
    }

    /** What retraining found on the same rows. */
    private static List<String> paired(Report report, ChallengeSection challenge) {
        if (challenge.pairs().samples() == 0) {
            return List.of();
        }
        return List.of(String.format(
                Locale.ROOT,
                "%s: the challenger of '%s' is right on %,d of %,d rows where the champion is wrong, and wrong on %,d"
                        + " where it is right; %s",
                report.title(),
                challenge.model(),
                challenge.pairs().onlyFirst(),
                challenge.pairs().samples(),
                challenge.pairs().onlySecond(),
                chance(McNemar.of(challenge.pairs()))));
    }

    /** Why figures of different runs are no measure of each other. */
    private static List<String> differences(List<Report> reports) {
        List<String> notes = new ArrayList<>();
        Report first = reports.get(0);
        for (Report other : reports) {
            String both = other.title() + " and " + first.title();
            if (!other.dataset().score().equals(first.dataset().score())) {
                notes.add("scores of " + both + " cannot be compared: one is "
                        + other.dataset().score() + ", the other "
                        + first.dataset().score());
            } else if (!other.dataset().test().equals(first.dataset().test())) {
                notes.add("scores of " + both + " cannot be compared: other rows were held out");
            }
            if (!cpu(other).equals(cpu(first))) {
                notes.add("latencies of " + both + " were measured on different processors: " + cpu(other) + ", "
                        + cpu(first));
            }
        }
        return notes;
    }

    private static String cpu(Report report) {
        return report.environment().getOrDefault("cpu", "an unknown one");
    }

    /** A table for the console, and the notes below it. */
    public String text() {
        ConsoleTable table = new ConsoleTable()
                .left("run")
                .left("network")
                .right("score")
                .right("bytes")
                .right("MACs")
                .right("p50 ms")
                .right("gain [95 %]")
                .left("verdict")
                .right("over the first student [95 %]");
        for (Row row : rows) {
            ScoreUnit unit = ScoreUnit.of(row.metric());
            table.row(
                    row.run(),
                    row.network(),
                    row.metric() + " " + unit.text(row.score()),
                    count(row.bytes()),
                    count(row.macs()),
                    row.p50().text("%.3f"),
                    row.gain().map(unit::text).orElse(""),
                    row.verdict(),
                    row.overFirst().map(unit::text).orElse(""));
        }
        List<String> lines = new ArrayList<>(notes);
        paired.forEach(pair -> lines.add(pair.sentence()));
        return table.text() + (lines.isEmpty() ? "" : "\n\n" + String.join("\n", lines));
    }

    private static String count(OptionalLong number) {
        return number.isPresent() ? Amounts.count(number.getAsLong()) : "unknown";
    }
}
