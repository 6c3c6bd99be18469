package io.retort.run;

import io.retort.data.Schema;
import io.retort.plan.NamedData;
import io.retort.recipe.Recipe;
import io.retort.report.Report;
import io.retort.run.record.RunContext;

/** The end of a run that trains one challenger for a registered model, instead of students for their own sake. */
public interface Challenge {
    /** The run's key. */
    String key();

    /** The recipe's data in the order of the champion's columns. */
    NamedData data(RunContext context, Recipe recipe);

    /**
     * Compares the data with those of the champion, before anything is trained.
     *
     * @throws IllegalArgumentException where the champion was trained on data of another kind
     */
    void requireFits(RunContext context, Schema schema);

    /** Trains the challenger, measures it beside the champion, and promotes or refuses it. */
    Report.ChallengeSection hold(ChallengeInputs inputs);
}
