package io.retort.cli;

import io.retort.clean.Cleaning;
import io.retort.clean.Cleaning.CleanReport;
import io.retort.clean.Cleaning.CleanReport.Fate;
import io.retort.clean.Cleaning.Retention;
import io.retort.report.Amounts;
import io.retort.report.ConsoleTable;
import io.retort.spark.SessionSetup;
import io.retort.storage.Json;
import java.io.PrintWriter;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code retort clean}. */
@Command(
        name = "clean",
        mixinStandardHelpOptions = true,
        description = {
            "Removes old runs, and from the store what no run that stays needs: shards, labels, networks, figures, checkpoints, temporary files.",
            "What is running, the newest finished run of each name, and all models of the registry stay whatever the limits; each limit holds by"
                    + " itself. What is removed from the store is made again when a run needs it."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done, or nothing to remove",
            "1:failed, or --max-bytes cannot be met",
            "2:bad usage",
            "5:another cleaning is at work"
        })
final class CleanCommand implements Callable<Integer> {
    private static final Pattern AMOUNT = Pattern.compile("(\\d{1,12})([a-z]?)");
    private static final Map<String, Long> SECONDS = Map.of("s", 1L, "m", 60L, "h", 3600L, "d", 86_400L, "w", 604_800L);
    private static final Map<String, Long> BYTES =
            Map.of("", 1L, "k", 1L << 10, "m", 1L << 20, "g", 1L << 30, "t", 1L << 40);

    @Spec
    private CommandSpec spec;

    @Mixin
    private RootOptions runs;

    @Option(
            names = "--older-than",
            paramLabel = "TIME",
            defaultValue = "30d",
            converter = Time.class,
            description = "runs that began longer ago go, such as 12h, 30d or 8w; default: ${DEFAULT-VALUE}")
    private Duration olderThan;

    @Option(
            names = "--keep-runs",
            paramLabel = "N",
            description = "of each name the newest N finished runs may stay, older ones go; default: no limit")
    private Optional<Integer> keepRuns = Optional.empty();

    @Option(
            names = "--max-bytes",
            paramLabel = "SIZE",
            converter = Size.class,
            description = "the oldest runs go until runs and store fit, such as 500m or 50g; default: no limit")
    private Optional<Long> maxBytes = Optional.empty();

    @Option(names = "--dry-run", description = "say what would go, and remove nothing")
    private boolean dryRun;

    @Option(names = "--json", description = "print JSON instead of a table")
    private boolean json;

    @Override
    public Integer call() {
        Cleaning cleaning = new Cleaning(SessionSetup.storage(), runs.root(), Clock.systemUTC(), retention());
        CleanReport report = dryRun ? cleaning.plan() : cleaning.clean();
        PrintWriter out = spec.commandLine().getOut();
        out.println(json ? json(report) : text(report));
        out.flush();
        return report.maxBytesMissed() > 0 ? Retort.FAILED : Retort.DONE;
    }

    private Retention retention() {
        try {
            return new Retention(olderThan, keepRuns, maxBytes);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--" + e.getMessage());
        }
    }

    private String text(CleanReport report) {
        ConsoleTable runs = new ConsoleTable()
                .left("run")
                .left("state")
                .right("bytes")
                .left(dryRun ? "would" : "")
                .left("because it");
        for (CleanReport.Run run : report.runs()) {
            runs.row(run.run(), run.state(), Amounts.bytes(run.bytes()), fate(run.fate()), run.reason());
        }
        ConsoleTable store = new ConsoleTable()
                .left("store")
                .right("stay")
                .right("bytes")
                .right(dryRun ? "would go" : "went")
                .right("bytes");
        for (CleanReport.Kind kind : report.store()) {
            store.row(
                    kind.kind(),
                    Amounts.count(kind.stay()),
                    Amounts.bytes(kind.stayBytes()),
                    Amounts.count(kind.go()),
                    Amounts.bytes(kind.goBytes()));
        }
        long gone =
                report.runs().stream().filter(run -> run.fate() == Fate.GOES).count();
        String summary = gone + " of " + report.runs().size() + " runs and " + Amounts.bytes(report.goBytes())
                + (dryRun ? " would go, " : " went, ") + Amounts.bytes(report.stayBytes()) + " stay";
        String missed = report.maxBytesMissed() == 0
                ? ""
                : "\nwhat must stay is " + Amounts.bytes(report.maxBytesMissed())
                        + " more than --max-bytes; raise it, or remove a run's directory by hand";
        return (report.runs().isEmpty() ? "" : runs.text() + "\n\n") + store.text() + "\n\n" + summary + missed;
    }

    private String fate(Fate fate) {
        return switch (fate) {
            case STAYS -> dryRun ? "stay" : "stays";
            case GOES -> dryRun ? "go" : "went";
        };
    }

    /** What {@code --json} prints. */
    record Printed(
            List<CleanReport.Run> runs,
            List<CleanReport.Kind> store,
            long stayBytes,
            long goBytes,
            long maxBytesMissed) {}

    private static String json(CleanReport report) {
        Printed printed = new Printed(
                report.runs(), report.store(), report.stayBytes(), report.goBytes(), report.maxBytesMissed());
        return Json.pretty(printed);
    }

    /** {@code 90s}, {@code 15m}, {@code 12h}, {@code 30d}, {@code 8w}. */
    static final class Time implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String text) {
            return Duration.ofSeconds(
                    amount(text, SECONDS, "a time such as 12h or 30d (s, m, h, d or w behind a whole number)"));
        }
    }

    /** {@code 500m}, {@code 50g}, {@code 2t}. */
    static final class Size implements ITypeConverter<Long> {
        @Override
        public Long convert(String text) {
            return amount(text, BYTES, "a size such as 500m or 50g (k, m, g or t behind a whole number)");
        }
    }

    private static long amount(String text, Map<String, Long> units, String allowed) {
        Matcher matcher = AMOUNT.matcher(text.strip().toLowerCase(Locale.ROOT));
        try {
            if (matcher.matches() && units.containsKey(matcher.group(2))) {
                return Math.multiplyExact(Long.parseLong(matcher.group(1)), units.get(matcher.group(2)));
            }
        } catch (ArithmeticException e) {
            throw new TypeConversionException("must be smaller, was '" + text + "'");
        }
        throw new TypeConversionException("must be " + allowed + ", was '" + text + "'");
    }
}
