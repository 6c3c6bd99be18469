package io.retort.cli;

import io.retort.config.ConfigException;
import io.retort.pipeline.Kinds;
import io.retort.pipeline.Plan;
import io.retort.pipeline.Recipe;
import io.retort.pipeline.RunFailedException;
import io.retort.storage.ArtifactException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code retort check}. */
@Command(
        name = "check",
        mixinStandardHelpOptions = true,
        description = {
            "Reads a recipe and says what is wrong with it, without running anything.",
            "Where its data can be looked at, their headers tell whether the networks fit them, and whether"
                    + " compression can do what it is asked to."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:the recipe is good", "2:it is not, or bad usage"})
final class CheckCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private RecipeOptions options;

    @Option(names = "--print", description = "print the recipe with all defaults, secrets redacted")
    private boolean print;

    @Override
    public Integer call() {
        Recipe recipe = options.recipe();
        PrintWriter out = spec.commandLine().getOut();
        if (print) {
            out.println(Kinds.canonical().pretty(recipe));
        } else {
            Optional<String> obstacle = obstacle(recipe);
            out.println(recipe.name() + ": the recipe is good; "
                    + recipe.students().size() + (recipe.students().size() == 1 ? " student" : " students") + ", seeds "
                    + recipe.seeds());
            obstacle.ifPresent(why -> out.println(
                    "Whether its networks fit was not checked, for data and saved teachers could not be looked at: "
                            + why));
        }
        out.flush();
        return Retort.DONE;
    }

    /**
     * Why it cannot be told whether the networks fit data, teacher and compression; nothing where they do.
     *
     * @throws ConfigException where they do not
     */
    private Optional<String> obstacle(Recipe recipe) {
        try {
            options.require(() -> options.planned(() -> Plan.ahead(recipe, RecipeOptions.storage(recipe))));
            return Optional.empty();
        } catch (ArtifactException | UncheckedIOException e) {
            return Optional.of(RunFailedException.messageOf(e));
        }
    }
}
