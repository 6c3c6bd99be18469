package io.retort.cli;

import io.retort.plan.Preview;
import io.retort.recipe.Kinds;
import io.retort.recipe.Recipe;
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
        description = {
            "Reads a recipe and says what is wrong with it, without running anything.",
            "Looks whether data and saved networks are there, at the headers and the first rows of data, and whether"
                    + " networks and compression fit them. What cannot be looked at from here, such as a storage that"
                    + " does not answer, is named."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:the recipe is good, as far as it could be seen", "2:it is not, or bad usage"})
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
            Preview preview = Preview.beforeFetching(recipe, RecipeOptions.storage(recipe));
            options.refuse(preview);
            String students = recipe.students().size() == 1
                    ? "1 student"
                    : recipe.students().size() + " students";
            out.println(recipe.name()
                    + (preview.unseen().isEmpty() ? ": the recipe is good; " : ": good as far as it could be seen; ")
                    + students + ", seeds " + recipe.seeds());
            preview.columns().forEach(line -> out.println("  " + line));
            preview.unseen().forEach(unseen -> out.println("  not looked at: " + unseen));
        }
        out.flush();
        return Retort.DONE;
    }
}
