package io.retort.search;

import io.retort.config.ConfigSource;
import io.retort.recipe.Kinds;
import io.retort.recipe.Recipe;
import io.retort.recipe.StudentSettings;
import io.retort.run.CandidateStage;
import io.retort.run.RecipeRun;
import io.retort.run.progress.ProgressLines;
import io.retort.run.record.RunContext;
import io.retort.search.SearchRun.Template;
import io.retort.search.SearchSpace.Candidate;
import io.retort.spark.SessionSetup;
import io.retort.storage.Storage;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * Trains all candidates of {@code search/landscape.conf}, each as a search does, and prints the table of their scores on
 * the validation rows: after 9 epochs in one piece, and after 1, 1 + 2 and 1 + 2 + 6 epochs, each with a learning rate
 * that starts anew. {@code submit-scripts/benchmark --landscape ROOT > src/test/resources/search/landscape.csv}; started
 * again with the same root, it goes on. The cell of a training that fails is empty.
 */
public final class LandscapeTable {
    private static final String CONF = "src/test/resources/search/landscape.conf";
    private static final int SLOTS = 2;
    private static final List<List<Integer>> STINTS = List.of(List.of(9), List.of(1), List.of(1, 2), List.of(1, 2, 6));

    private final CandidateStage stage;
    private final CandidateSettings settings;
    private final Costs costs;

    private LandscapeTable(CandidateStage stage, Template template) {
        this.stage = stage;
        this.settings =
                new CandidateSettings(stage.recipe().search().orElseThrow().space(), template);
        this.costs = new Costs(settings, stage, Optional.empty());
    }

    public static void main(String[] arguments) {
        Template template = overrides -> Kinds.binder()
                .bind(ConfigSource.file(CONF).overriddenBy(overrides).withEnvironment(System.getenv()), Recipe.class);
        RunContext context = new RunContext(
                Storage.of(new Configuration()),
                new Path(arguments[0]),
                Clock.systemUTC(),
                new ProgressLines(System.err::println, Clock.systemUTC(), Duration.ofSeconds(30)));
        try (SparkSession session = SessionSetup.start("benchmark", Map.of("spark.master", "local[" + SLOTS + "]"))) {
            JavaSparkContext spark = JavaSparkContext.fromSparkContext(session.sparkContext());
            String csv = new RecipeRun(spark, context, template.with(List.of()))
                    .search("", stage -> new LandscapeTable(stage, template).csv());
            System.out.print(csv);
        }
    }

    private String csv() {
        List<Future<String>> lines = new ArrayList<>();
        ExecutorService threads = Executors.newFixedThreadPool(2 * SLOTS);
        try {
            all(settings.sizes()).forEach(candidate -> lines.add(threads.submit(() -> line(candidate))));
            StringBuilder csv =
                    new StringBuilder(String.join(",", names()) + ",parameters,whole,after1,after3,after9\n");
            for (Future<String> line : lines) {
                csv.append(line.get()).append('\n');
            }
            return csv.toString();
        } catch (ExecutionException | InterruptedException e) {
            throw new IllegalStateException(e);
        } finally {
            threads.shutdownNow();
        }
    }

    private Collection<String> names() {
        return settings.values(
                        new Candidate(settings.sizes().stream().map(size -> 0).toList()))
                .keySet();
    }

    /** The last dimension's choices change first. */
    static List<Candidate> all(List<Integer> sizes) {
        List<List<Integer>> choices = List.of(List.of());
        for (int size : sizes) {
            List<List<Integer>> longer = new ArrayList<>();
            for (List<Integer> shorter : choices) {
                for (int choice = 0; choice < size; choice++) {
                    List<Integer> one = new ArrayList<>(shorter);
                    one.add(choice);
                    longer.add(one);
                }
            }
            choices = longer;
        }
        return choices.stream().map(Candidate::new).toList();
    }

    private String line(Candidate candidate) {
        Map<String, String> values = settings.values(candidate);
        List<String> cells = new ArrayList<>(values.values());
        cells.add(Long.toString(costs.of(candidate).orElseThrow().parameters()));
        StudentSettings student = settings.student(candidate).orElseThrow();
        for (List<Integer> stints : STINTS) {
            cells.add(score(Trials.name(values), student, stints));
        }
        return String.join(",", cells);
    }

    /** Empty where the training fails. */
    private String score(String name, StudentSettings student, List<Integer> stints) {
        try {
            return String.format(Locale.ROOT, "%.4f", stage.quality(stage.trained(name, student, stints)));
        } catch (RuntimeException e) {
            if (stage.isOver()) {
                throw e;
            }
            System.err.println(name + ": " + e.getMessage());
            return "";
        }
    }
}
