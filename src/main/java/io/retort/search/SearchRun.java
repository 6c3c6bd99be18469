package io.retort.search;

import io.retort.recipe.Kinds;
import io.retort.recipe.Recipe;
import io.retort.run.RecipeRun;
import io.retort.run.record.HostInfo;
import io.retort.run.record.Manifest;
import io.retort.run.record.ReusableRun;
import io.retort.run.record.RunContext;
import io.retort.storage.ArtifactException;
import io.retort.storage.Digest;
import io.retort.storage.Json;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;

/** One execution of a search: its directory, with {@code search.json} and a recipe for each point of the front. */
public final class SearchRun {
    private static final String CODE = "search/4";
    private static final String REPORT = "search.json";

    private final JavaSparkContext spark;
    private final RunContext context;
    private final Recipe recipe;
    private final Template template;

    /** @param recipe with a search, as the template reads it without overrides */
    public SearchRun(JavaSparkContext spark, RunContext context, Recipe recipe, Template template) {
        this.spark = spark;
        this.context = context;
        this.recipe = recipe;
        this.template = template;
    }

    /**
     * What a search left.
     *
     * @param directory of the search, or of an earlier one with the same result
     * @param table for the console
     */
    public record Result(Path directory, String table) {
        private Result(Path directory, SearchReport report) {
            this(directory, SearchTable.of(report));
        }
    }

    /**
     * Refuses a space in which a dimension fits no student, before anything is read.
     *
     * @throws io.retort.config.SettingException with the dimension and the reason
     */
    public static void requireUseful(Recipe recipe, Template template) {
        new CandidateSettings(recipe.search().orElseThrow().space(), template).requireUseful();
    }

    /** The result of an earlier search of the same things; it takes no Spark. */
    public static Optional<Result> known(RunContext context, Recipe recipe) {
        String key = key(context, recipe);
        Path runs = new Path(context.root(), "runs/" + recipe.name());
        return context.storage().list(runs).stream()
                .map(run -> new Path(runs, run.getPath().getName()))
                .sorted(Comparator.reverseOrder())
                .filter(run -> Json.find(context.storage(), new Path(run, "manifest.json"), Manifest.Head.class)
                        .filter(manifest -> manifest.status() == Manifest.Status.DONE
                                && manifest.key().equals(key))
                        .isPresent())
                .flatMap(run -> Json.find(context.storage(), new Path(run, REPORT), SearchReport.class)
                        .map(report -> new Result(run, report))
                        .stream())
                .findFirst();
    }

    private static String key(RunContext context, Recipe recipe) {
        try {
            return new Digest()
                    .add(CODE)
                    .add(ReusableRun.inputs(context, recipe))
                    .add(HostInfo.inference())
                    .key();
        } catch (ArtifactException | IllegalArgumentException e) {
            return ""; // what cannot be read fails the stages, which have a log to tell it in
        }
    }

    /**
     * Searches, and writes the result.
     *
     * @throws io.retort.run.record.RunLog.RunFailedException with what failed as its cause
     */
    public Result execute() {
        return new RecipeRun(spark, context, recipe).search(key(context, recipe), stage -> {
            SearchReport report = new SearchStage(stage, template).report();
            stage.directory().writeJson(REPORT, report);
            stage.directory()
                    .writeText(
                            "report.html",
                            SearchPage.of(report, Kinds.canonical().text(recipe)));
            return new Result(stage.directory().path(), report);
        });
    }

    /** The recipe of a search, which can be read again with other values at some keys of its student. */
    @FunctionalInterface
    public interface Template {
        /**
         * The recipe with these values.
         *
         * @param overrides as on the command line, such as {@code students[0].training.batch-size=64}
         * @throws io.retort.config.ConfigException where it is none
         */
        Recipe with(List<String> overrides);
    }
}
