package io.retort.cli;

import io.retort.recipe.Recipe;
import io.retort.run.ProbePass;
import io.retort.run.ProbePass.Probed;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code retort probe}. */
@Command(
        name = "probe",
        mixinStandardHelpOptions = true,
        description = {
            "Asks a teacher that was made elsewhere about a few training rows, and shows what it takes, gives and costs.",
            "A run does the same before it labels. Here nothing is labelled or trained; the data is sharded as a run would."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:done", "1:a run would refuse the teacher, or failed", "2:bad configuration or usage"})
final class ProbeCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private RecipeOptions options;

    @Mixin
    private RootOptions root;

    @Override
    public Integer call() {
        Recipe recipe = options.previewed();
        return RecipeSession.execute(
                "retort probe " + recipe.name(),
                recipe,
                root.root(),
                spec.commandLine().getErr(),
                (spark, context) -> shown(new ProbePass(spark, context, recipe).execute()));
    }

    private int shown(List<Probed> models) {
        PrintWriter out = spec.commandLine().getOut();
        if (models.isEmpty()) {
            out.println("nothing to probe: the teacher is made of networks of Retort");
        }
        for (Probed model : models) {
            out.println(model.title());
            model.lines().forEach(line -> out.println("  " + line));
        }
        out.flush();
        return models.stream().allMatch(model -> model.refusal().isEmpty()) ? Retort.DONE : Retort.FAILED;
    }
}
