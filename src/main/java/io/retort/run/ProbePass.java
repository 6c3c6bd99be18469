package io.retort.run;

import io.retort.data.shard.Dataset;
import io.retort.data.shard.ShardStore;
import io.retort.data.shard.Sharding;
import io.retort.network.Vocabulary;
import io.retort.plan.NamedData;
import io.retort.plan.Plan;
import io.retort.predict.ProbeReport;
import io.retort.recipe.DataSettings;
import io.retort.recipe.Recipe;
import io.retort.run.record.RunContext;
import io.retort.teacher.PlannedModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Asks the models from elsewhere that a recipe's teacher is made of, as a run does before it labels; nothing is
 * labelled or trained.
 */
public record ProbePass(JavaSparkContext spark, RunContext context, Recipe recipe) {
    /**
     * A model.
     *
     * @param lines what its file shows and what was found, for people
     * @param refusal why a run would label nothing
     */
    public record Probed(String title, List<String> lines, Optional<String> refusal) {}

    /** The teacher's models in their order; none where it is made of networks of ours alone. */
    public List<Probed> execute() {
        Plan plan = Plan.ahead(recipe, context.storage());
        List<PlannedModel> models = plan.teacher().models();
        if (models.isEmpty()) {
            return List.of();
        }
        DataSettings data = NamedData.of(context.storage(), recipe).settings();
        // A cleaning at this moment may remove shards that no run uses; then this fails, and is started again.
        Dataset train = new Sharding(spark, context.storage(), context.root())
                .shard(data.train(), data.samplesPerShard(), Vocabulary.none(), entries -> {});
        Probing probing = new Probing(
                spark,
                new ShardStore(context.storage(), context.root()),
                train,
                recipe.labels().batchSize());
        List<Probed> probed = new ArrayList<>();
        for (PlannedModel model : models) {
            ProbeReport report = probing.report(model);
            List<String> lines = new ArrayList<>(model.description());
            lines.addAll(probing.lines(report));
            probed.add(new Probed(model.title(), lines, report.refusal()));
        }
        return probed;
    }
}
