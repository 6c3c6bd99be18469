package io.retort.teacher;

import io.retort.config.SettingException;
import io.retort.data.Column;
import io.retort.data.Column.NumberColumn;
import io.retort.data.Schema;
import io.retort.data.ViewSettings;
import io.retort.data.encode.NumberPicks;
import io.retort.label.ClassifierFit;
import io.retort.label.EstimatorSettings;
import io.retort.label.Estimators;
import io.retort.network.Shape;
import io.retort.predict.ModelFacts;
import io.retort.teacher.RecipeMismatchException.Misfit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Kind {@code spark-ml}: a classifier of Spark ML that is fitted here on the labelled training rows.
 *
 * @param estimator what is fitted
 * @param columns of numbers, or single values, that it reads; none for all columns of numbers
 * @param folds in which labelled rows are labelled by a model that did not see them; 1 for labels of the model of all
 * @param seed of the fitting
 * @param floor the least probability; nothing for the estimator's own
 */
public record SparkMlTeacherSettings(
        EstimatorSettings estimator, List<String> columns, int folds, long seed, Optional<Double> floor)
        implements TeacherSettings {
    public SparkMlTeacherSettings {
        columns = List.copyOf(columns);
        if (folds < 1 || folds > 100) {
            throw new SettingException("folds", "must be in [1, 100], was " + folds);
        }
        floor.ifPresent(least -> {
            if (!(least > 0 && least < 1)) {
                throw new SettingException("floor", "must be in (0, 1), was " + least);
            }
        });
    }

    @Override
    public String title() {
        return "Spark ML " + Estimators.CATALOGUE.kindOf(estimator).name();
    }

    @Override
    public Map<String, SavedModel> saved(String path) {
        return Map.of();
    }

    @Override
    public List<ViewSettings> views() {
        return List.of();
    }

    @Override
    public Optional<String> withoutTaps() {
        return Optional.of("the teacher is a model of Spark ML, which has no layers");
    }

    @Override
    public PlannedTeacher plan(TeacherPlanning planning) {
        planning.requireOneClass();
        try {
            Schema schema = planning.schema();
            String obstacle = estimator.obstacle(schema.classes());
            if (!obstacle.isEmpty()) {
                throw new SettingException("estimator", obstacle);
            }
            List<String> read = columns.isEmpty()
                    ? schema.columns().stream()
                            .filter(NumberColumn.class::isInstance)
                            .map(Column::name)
                            .toList()
                    : columns;
            if (read.isEmpty()) {
                throw new SettingException(
                        "columns",
                        "needs columns of numbers, but there are " + NumberPicks.described(schema));
            }
            return new Planned(planning.title(), this, read, NumberPicks.of(schema, read), schema.classes());
        } catch (SettingException e) {
            throw new RecipeMismatchException(Misfit.at(planning.path(), e));
        }
    }

    private record Planned(
            String title, SparkMlTeacherSettings settings, List<String> columns, NumberPicks picks, int classes)
            implements PlannedTeacher {
        @Override
        public List<PlannedNetwork> networks() {
            return List.of();
        }

        @Override
        public List<String> labellers() {
            return List.of();
        }

        @Override
        public Optional<PlannedNetwork> network() {
            return Optional.empty();
        }

        @Override
        public Map<String, Shape> taps() {
            return Map.of();
        }

        @Override
        public boolean learnsFromLabels() {
            return true;
        }

        @Override
        public TrainedTeacher make(TeacherTrainer workshop) {
            double floor = settings.floor().orElseGet(() -> settings.estimator().floor(classes));
            ClassifierFit.Fitted fitted = workshop.fit(
                    settings.estimator(),
                    new TeacherTrainer.Fitting(title, columns, picks, settings.folds(), settings.seed(), floor));
            List<String> lines = new ArrayList<>();
            lines.add("fitted on the values of " + columns + " with the least probability " + floor);
            lines.add(
                    settings.folds() > 1
                            ? "labelled rows are labelled out of fold, in " + settings.folds() + " folds"
                            : "labelled rows are labelled by the model that was fitted on them");
            return new TrainedTeacher(
                    fitted.labeller(),
                    Optional.empty(),
                    Optional.empty(),
                    fitted.labeller().fingerprint(),
                    List.of(new TrainedTeacher.Part(
                            title, fitted.whole(), ModelFacts.ofBytes(fitted.bytes()), List.of(), lines)));
        }
    }
}
