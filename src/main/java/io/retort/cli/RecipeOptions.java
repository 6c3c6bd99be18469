package io.retort.cli;

import io.retort.config.Binder;
import io.retort.config.ConfigException;
import io.retort.config.ConfigException.Problem;
import io.retort.config.ConfigSource;
import io.retort.plan.Preview;
import io.retort.recipe.Kinds;
import io.retort.recipe.Recipe;
import io.retort.search.SearchRun.Template;
import io.retort.storage.Storage;
import io.retort.teacher.RecipeMismatchException;
import io.retort.teacher.RecipeMismatchException.Misfit;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The options by which a command gets its recipe. */
final class RecipeOptions {
    private static final String HADOOP = "spark.hadoop.";

    @Parameters(
            index = "0",
            paramLabel = "CONF",
            description =
                    "the recipe, a HOCON file such as conf/quickstart.conf; relative paths in it begin at its folder")
    private String file;

    @Option(
            names = "-D",
            paramLabel = "KEY=VALUE",
            description =
                    "overrides a key of the recipe, such as -D data.train.limit=4096 or -D seeds=[1,2]; an element of"
                            + " a list is named by its place or its name, such as -D 'students[0].training.epochs=3' or"
                            + " -D 'students[small].training.epochs=3'; a relative path begins at the working directory; may be"
                            + " repeated")
    private List<String> overrides = new ArrayList<>();

    @Option(
            names = "--allow-includes",
            paramLabel = "DIR",
            description = "a directory besides the recipe's from which it may include files; may be repeated")
    private List<String> includable = new ArrayList<>();

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    /** For a command that needs no recipe but may be given one. */
    static RecipeOptions of(CommandSpec command, String file, List<String> overrides) {
        RecipeOptions options = new RecipeOptions();
        options.command = command;
        options.file = file;
        options.overrides = List.copyOf(overrides);
        return options;
    }

    /** The recipe, or a ConfigException with all that is wrong with it. */
    Recipe recipe() {
        RecipePaths paths = new RecipePaths(file, new Configuration(), warning -> {
            PrintWriter err = command.commandLine().getErr();
            err.println("warning: " + warning);
            err.flush();
        });
        return Kinds.binder().resolving(paths).bind(source(), Recipe.class);
    }

    /** The recipe with further overrides, as a search reads it for its candidates. */
    Template template() {
        Binder binder = Kinds.binder().resolving(new RecipePaths(file, new Configuration(), warning -> {}));
        ConfigSource source = source();
        return more -> binder.bind(
                source.overriddenBy(
                        Stream.concat(overrides.stream(), more.stream()).toList()),
                Recipe.class);
    }

    /** The recipe, where a preview of its data and saved networks before Spark starts finds no problem. */
    Recipe previewed() {
        Recipe recipe = recipe();
        refuse(Preview.of(recipe, storage(recipe)));
        return recipe;
    }

    /** Refuses the problems of a preview, each with its place in the file. */
    void refuse(Preview preview) {
        if (!preview.misfits().isEmpty()) {
            throw refusal(preview.misfits());
        }
    }

    private ConfigException refusal(List<Misfit> misfits) {
        ConfigSource source = source();
        return new ConfigException(misfits.stream()
                .map(misfit -> new Problem(
                        misfit.path().isEmpty() ? new Problem.Position(file, 0) : source.position(misfit.path()),
                        misfit.path(),
                        misfit.message()))
                .distinct()
                .toList());
    }

    private ConfigSource source() {
        return ConfigSource.file(file)
                .overriddenBy(overrides)
                .withEnvironment(System.getenv())
                .including(includable);
    }

    /** Files are looked at before, and often without, Spark. */
    static Storage storage(Recipe recipe) {
        Configuration configuration = new Configuration();
        for (Map.Entry<String, String> setting : recipe.spark().entrySet()) {
            if (setting.getKey().startsWith(HADOOP)) {
                configuration.set(setting.getKey().substring(HADOOP.length()), setting.getValue());
            }
        }
        System.getProperties().forEach((key, value) -> { // those of --conf, as Spark reads them
            if (key instanceof String name && name.startsWith(HADOOP) && value instanceof String text) {
                configuration.set(name.substring(HADOOP.length()), text);
            }
        });
        return Storage.of(configuration);
    }

    /** Plans something; settings that can never work are refused with their place in the file. */
    <T> T planned(Supplier<T> plan) {
        try {
            return plan.get();
        } catch (RecipeMismatchException e) {
            throw refusal(e.misfits());
        }
    }

    /** Refuses what the recipe sets, beyond the built-in defaults, at one of the paths. */
    void refuse(List<String> paths, String message) {
        ConfigSource source = source();
        List<Problem> problems = paths.stream()
                .filter(source::holds)
                .map(path -> new Problem(source.position(path), path, message))
                .toList();
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
    }

    /** Refuses a recipe that is good but not for this command, for the reason that {@code check} throws. */
    void require(Runnable check) {
        try {
            check.run();
        } catch (IllegalArgumentException e) {
            throw refusal(List.of(Misfit.at("", e)));
        }
    }
}
