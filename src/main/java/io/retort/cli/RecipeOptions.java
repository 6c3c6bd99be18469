package io.retort.cli;

import io.retort.config.ConfigException;
import io.retort.config.ConfigSource;
import io.retort.config.Problem;
import io.retort.pipeline.Kinds;
import io.retort.pipeline.MisfitException;
import io.retort.pipeline.Recipe;
import io.retort.storage.Storage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.hadoop.conf.Configuration;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** How a command is told its recipe. */
final class RecipeOptions {
    private static final String HADOOP = "spark.hadoop.";

    @Parameters(index = "0", paramLabel = "CONF", description = "the recipe, a HOCON file such as conf/quickstart.conf")
    private String file;

    @Option(
            names = "-D",
            paramLabel = "KEY=VALUE",
            description = "overrides a key of the recipe, such as -D data.train.limit=4096 or -D seeds=[1,2]; an element of"
                    + " a list is named by its place or its name, such as -D 'students[0].training.epochs=3' or"
                    + " -D 'students[small].training.epochs=3'; may be repeated")
    private List<String> overrides = new ArrayList<>();

    /** The recipe, or a ConfigException with all that is wrong with it. */
    Recipe recipe() {
        return Kinds.binder().bind(source(), Recipe.class);
    }

    private ConfigSource source() {
        return ConfigSource.file(file).overriddenBy(overrides).withEnvironment(System.getenv());
    }

    /** Files are looked at before, and often without, Spark. */
    static Storage storage(Recipe recipe) {
        Configuration configuration = new Configuration();
        for (Map.Entry<String, String> setting : recipe.spark().entrySet()) {
            if (setting.getKey().startsWith(HADOOP)) {
                configuration.set(setting.getKey().substring(HADOOP.length()), setting.getValue());
            }
        }
        return Storage.of(configuration);
    }

    /** Plans something; what of the recipe can never be done is refused with its place in the file. */
    <T> T planned(Supplier<T> plan) {
        try {
            return plan.get();
        } catch (MisfitException e) {
            ConfigSource source = source();
            throw new ConfigException(e.misfits().stream()
                    .map(misfit -> new Problem(source.position(misfit.path()), misfit.path(), misfit.message()))
                    .toList());
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

    /** Refuses a recipe that is good but not for this command; what {@code check} throws says why, beginning with the key. */
    void require(Runnable check) {
        try {
            check.run();
        } catch (IllegalArgumentException e) {
            throw new ConfigException(List.of(new Problem(new Problem.Position(file, 0), "", e.getMessage())));
        }
    }
}
