package io.retort.plan;

import io.retort.compress.CompressorSettings;
import io.retort.data.Target;
import io.retort.distill.loss.LossSettings;
import io.retort.distill.loss.Losses;
import io.retort.recipe.Recipe;
import io.retort.recipe.StudentSettings;
import io.retort.teacher.RecipeMismatchException;
import io.retort.teacher.RecipeMismatchException.Misfit;
import java.util.ArrayList;
import java.util.List;

/**
 * What of a recipe needs labels of training rows. Baselines do, too, but where there are no labels there are no
 * baselines.
 */
public final class LabelNeeds {
    private static final String NONE = ", and no row of data.train has one; ";
    private static final String REMEDY =
            "leave it out, or name the column of labels in data.train.label (of idx, the files in data.train.labels)";

    private LabelNeeds() {}

    /** Refuses a recipe that needs labels where no training row has one. */
    public static void requireMet(Recipe recipe, Plan plan, Target target) {
        List<Misfit> unmet = of(recipe, plan, target);
        if (!unmet.isEmpty()) {
            throw new RecipeMismatchException(unmet);
        }
    }

    /** What is wrong with a recipe where no training row has a label. */
    static List<Misfit> of(Recipe recipe, Plan plan, Target target) {
        List<Misfit> unmet = new ArrayList<>();
        if (plan.teacher().learnsFromLabels()) {
            unmet.add(new Misfit(
                    Plan.TEACHER, "must learn from labels" + NONE + "set from to the directory of a saved network"));
        }
        for (int s = 0; s < recipe.students().size(); s++) {
            StudentSettings student = recipe.students().get(s);
            String path = "students[" + s + "]";
            addLosses(path + ".losses", student.losses(), unmet);
            addStages(path + ".compress-first", student.compressFirst(), target, unmet);
            addStages(path + ".compress", student.compress(), target, unmet);
        }
        return unmet;
    }

    private static void addStages(String path, List<CompressorSettings> stages, Target target, List<Misfit> unmet) {
        for (int c = 0; c < stages.size(); c++) {
            String stage = path + "[" + c + "]";
            stages.get(c).labelsFor(target).ifPresent(key -> unmet.add(new Misfit(stage + "." + key, needs(key))));
            stages.get(c).losses().ifPresent(losses -> addLosses(stage + ".losses", losses, unmet));
        }
    }

    private static void addLosses(String path, List<LossSettings> losses, List<Misfit> unmet) {
        for (int i = 0; i < losses.size(); i++) {
            if (losses.get(i).source() == LossSettings.Source.LABELS) {
                String kind = Losses.CATALOGUE.kindOf(losses.get(i)).name();
                unmet.add(new Misfit(path + "[" + i + "]", needs(kind)));
            }
        }
    }

    private static String needs(String what) {
        return what + " needs labels" + NONE + REMEDY;
    }
}
