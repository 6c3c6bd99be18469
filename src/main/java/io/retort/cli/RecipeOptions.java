package io.retort.cli;

import io.retort.config.ConfigException;
import io.retort.config.ConfigSource;
import io.retort.config.Problem;
import io.retort.pipeline.Kinds;
import io.retort.pipeline.Recipe;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** How a command is told its recipe. */
final class RecipeOptions {
    @Parameters(index = "0", paramLabel = "CONF", description = "the recipe, a HOCON file such as conf/quickstart.conf")
    private String file;

    @Option(
            names = "-D",
            paramLabel = "KEY=VALUE",
            description =
                    "overrides a key of the recipe, such as -D data.train.limit=4096 or -D seeds=[1,2]; may be repeated")
    private List<String> overrides = new ArrayList<>();

    /** The recipe, or a ConfigException with all that is wrong with it. */
    Recipe recipe() {
        ConfigSource source = ConfigSource.file(file).overriddenBy(overrides).withEnvironment(System.getenv());
        return Kinds.binder().bind(source, Recipe.class);
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
