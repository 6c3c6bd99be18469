package io.retort.cli;

import io.retort.pipeline.Kinds;
import io.retort.pipeline.Recipe;
import java.io.PrintWriter;
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
        description = "Reads a recipe and says what is wrong with it, without running anything.",
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
            out.println(recipe.name() + ": the recipe is good; "
                    + recipe.students().size() + " students, seeds " + recipe.seeds());
        }
        out.flush();
        return Retort.DONE;
    }
}
