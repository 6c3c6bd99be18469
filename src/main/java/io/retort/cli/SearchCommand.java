package io.retort.cli;

import io.retort.config.SettingException;
import io.retort.plan.Preview;
import io.retort.recipe.Recipe;
import io.retort.run.progress.Progress;
import io.retort.run.record.RunContext;
import io.retort.search.SearchRun;
import io.retort.search.SearchRun.Template;
import io.retort.storage.Storage;
import java.io.PrintWriter;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code retort search}. */
@Command(
        name = "search",
        mixinStandardHelpOptions = true,
        description = {
            "Searches students: the teacher labels each sample once, candidates of the recipe's search.space are trained side by"
                    + " side and compared on the validation rows, and the Pareto front of quality against cost is"
                    + " measured on the held-out rows and left as recipes.",
            "What an earlier search or run computed under the same root is used again; one that was killed goes on when it"
                    + " is started again."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:done", "1:failed", "2:bad configuration or usage; nothing was run"})
final class SearchCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private RecipeOptions options;

    @Mixin
    private RootOptions root;

    @Override
    public Integer call() {
        Recipe recipe = options.recipe();
        Template template = options.template();
        options.require(() -> {
            if (recipe.search().isEmpty()) {
                throw new SettingException("search", "missing; add search.space, see docs/SEARCH.md");
            }
            SearchRun.requireUseful(recipe, template);
        });
        Storage storage = RecipeOptions.storage(recipe);
        RunContext ahead = new RunContext(storage, root.root(), Clock.systemUTC(), Progress.silent());
        Optional<SearchRun.Result> known = SearchRun.known(ahead, recipe);
        if (known.isPresent()) {
            return shown(known.get(), "nothing to do: an earlier search has the result; its report and recipes: ");
        }
        options.refuse(Preview.of(recipe, storage));
        return RecipeSession.execute(
                "retort " + recipe.name(),
                recipe,
                root.root(),
                spec.commandLine().getErr(),
                (spark, context) ->
                        shown(new SearchRun(spark, context, recipe, template).execute(), "report and recipes: "));
    }

    private int shown(SearchRun.Result result, String where) {
        PrintWriter out = spec.commandLine().getOut();
        out.println(result.table());
        out.println(where + result.directory());
        out.flush();
        return Retort.DONE;
    }
}
