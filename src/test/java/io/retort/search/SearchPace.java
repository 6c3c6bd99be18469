package io.retort.search;

import io.retort.config.ConfigSource;
import io.retort.recipe.Kinds;
import io.retort.recipe.Recipe;
import io.retort.run.RecipeRun;
import io.retort.run.progress.ProgressLines;
import io.retort.run.record.RunContext;
import io.retort.search.SearchReport.PaceSection;
import io.retort.search.SearchRun.Template;
import io.retort.spark.SessionSetup;
import io.retort.storage.Storage;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.commons.math3.stat.StatUtils;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * The pace of a search on one task slot and on two, in turn: {@code submit-scripts/benchmark --search ROOT [CONF [TURNS]]}, by default three turns of
 * {@code conf/search.conf}. Its strategy is random search and its limit on latency is left out, so all searches train the same candidates. Each turn has a loss temperature of its own, which
 * costs no time and is found in no store; teacher and soft labels are made once. A first, short search warms the JVM up.
 */
public final class SearchPace {
    private final Path root;
    private final String conf;

    private SearchPace(Path root, String conf) {
        this.root = root;
        this.conf = conf;
    }

    public static void main(String[] arguments) {
        SearchPace pace =
                new SearchPace(new Path(arguments[0]), arguments.length > 1 ? arguments[1] : "conf/search.conf");
        int turns = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 3;
        String start = Long.toString(Clock.systemUTC().millis() % 1_000_000); // a root may have an earlier measurement
        pace.of(2, "2." + start + "0", List.of("search.budget.candidates=4"));
        System.out.println("| turn | slots | trainings | seconds | an hour | slots used |\n|---|---|---|---|---|---|");
        List<Double> ratios = new ArrayList<>();
        for (int turn = 1; turn <= turns; turn++) {
            double one = pace.row(turn, 1, "2." + start + turn);
            double two = pace.row(turn, 2, "2.1" + start + turn);
            ratios.add(two / one);
        }
        System.out.println(String.format(
                Locale.ROOT,
                "%ntrainings an hour on two slots by those on one: %.2f (%s)",
                StatUtils.mean(ratios.stream().mapToDouble(ratio -> ratio).toArray()),
                ratios.stream()
                        .map(ratio -> String.format(Locale.ROOT, "%.2f", ratio))
                        .toList()));
        System.exit(0); // Spark's barrier mode leaves a thread that is no daemon
    }

    private double row(int turn, int slots, String temperature) {
        PaceSection pace = of(slots, temperature, List.of());
        System.out.println(String.format(
                Locale.ROOT,
                "| %d | %d | %d | %.1f | %.0f | %.1f %% |",
                turn,
                slots,
                pace.trained(),
                pace.seconds(),
                pace.trainedPerHour(),
                100 * pace.slotsUsed()));
        return pace.trainedPerHour();
    }

    private PaceSection of(int slots, String temperature, List<String> further) {
        List<String> always = List.of(
                "search.strategy=random",
                "search.compare-with=null",
                "search.limits.latency-ms=null",
                "students[0].losses[1].temperature=" + temperature);
        Template template = overrides -> Kinds.binder()
                .bind(
                        ConfigSource.file(conf)
                                .overriddenBy(Stream.of(always, further, overrides)
                                        .flatMap(List::stream)
                                        .toList())
                                .withEnvironment(System.getenv()),
                        Recipe.class);
        RunContext context = new RunContext(
                Storage.of(new Configuration()),
                root,
                Clock.systemUTC(),
                new ProgressLines(System.err::println, Clock.systemUTC(), Duration.ofSeconds(30)));
        try (SparkSession session = SessionSetup.start("benchmark", Map.of("spark.master", "local[" + slots + "]"))) {
            JavaSparkContext spark = JavaSparkContext.fromSparkContext(session.sparkContext());
            return new RecipeRun(spark, context, template.with(List.of()))
                    .search("", stage -> new SearchStage(stage, template).report())
                    .pace();
        }
    }
}
