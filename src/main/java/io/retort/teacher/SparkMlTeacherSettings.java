package io.retort.teacher;

import io.retort.config.FilePaths.FilePath;
import io.retort.config.PartlyIdle;
import io.retort.config.Secrets;
import io.retort.config.SettingException;
import io.retort.data.ClassNames;
import io.retort.data.Column;
import io.retort.data.Column.NumberColumn;
import io.retort.data.Schema;
import io.retort.data.ViewSettings;
import io.retort.data.encode.RowNumbers;
import io.retort.data.encode.RowNumbers.NumberPicks;
import io.retort.data.encode.RowNumbers.TablePicks;
import io.retort.label.TeacherModel.FeatureModel;
import io.retort.label.sparkml.ClassifierFit;
import io.retort.label.sparkml.Estimators;
import io.retort.label.sparkml.Estimators.EstimatorSettings;
import io.retort.label.sparkml.PipelineTeacher;
import io.retort.predict.Model.ModelFacts;
import io.retort.predict.OutputKind;
import io.retort.predict.ProbeReport;
import io.retort.teacher.PlannedTeacher.PlannedAsked;
import io.retort.teacher.PlannedTeacher.PlannedModel;
import io.retort.teacher.RecipeMismatchException.Misfit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.hadoop.fs.Path;

/**
 * Kind {@code spark-ml}: a classifier of Spark ML that is fitted here on the labelled training rows, or a saved
 * pipeline.
 *
 * @param path the directory of a saved {@code PipelineModel}; then nothing is fitted
 * @param output what a saved one gives
 * @param classes the data's classes in the order of a saved one's output; none where its own indexer says it
 * @param estimator what is fitted where {@code path} is not given
 * @param features of a model that it reads, beside the columns that are named
 * @param columns of numbers, single values, or categories that it reads; none for all columns of numbers and
 *     categories, or for the features alone
 * @param folds in which labelled rows are labelled by a model that did not see them; 1 for labels of the model of all
 * @param seed of the fitting
 * @param floor the least probability; nothing for the estimator's own
 */
public record SparkMlTeacherSettings(
        @FilePath Optional<String> path,
        Output output,
        List<String> classes,
        Optional<EstimatorSettings> estimator,
        Optional<FeatureSettings> features,
        List<String> columns,
        int folds,
        long seed,
        Optional<Double> floor)
        implements TeacherSettings, PartlyIdle {
    /**
     * What a saved pipeline gives.
     *
     * @param column that has a value for each class; nothing for the probabilities of its last stage
     */
    public record Output(Optional<String> column, Kind kind) {}

    /** What the output's numbers are. */
    public enum Kind {
        LOGITS,
        PROBABILITIES,
        LOG_PROBABILITIES
    }

    public SparkMlTeacherSettings {
        columns = List.copyOf(columns);
        classes = List.copyOf(classes);
        if (path.isPresent() == estimator.isPresent()) {
            throw new SettingException(
                    "estimator",
                    path.isPresent()
                            ? "must not be set beside path, which names a model that is fitted already"
                            : "missing; name one to fit a teacher, or set path to the directory of a saved PipelineModel");
        }
        if (path.isPresent() && features.isPresent()) {
            throw new SettingException("features", "must not be set beside path: the pipeline there makes its own");
        }
        if (new HashSet<>(classes).size() < classes.size()) {
            throw new SettingException("classes", "must differ, were " + classes);
        }
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
    public Map<String, String> idle() {
        Map<String, String> idle = new LinkedHashMap<>();
        if (path.isPresent()) {
            List.of("columns", "folds", "seed")
                    .forEach(key -> idle.put(key, "path names a model that is fitted already"));
        } else {
            List.of("output", "classes").forEach(key -> idle.put(key, "the model is fitted here"));
        }
        return idle;
    }

    @Override
    public String title() {
        return estimator
                .map(fitted -> "Spark ML " + Estimators.CATALOGUE.kindOf(fitted).name())
                .orElseGet(() -> "Spark ML pipeline " + Secrets.redacted(path.orElseThrow()));
    }

    @Override
    public Map<String, SavedModel> saved(String at) {
        Map<String, SavedModel> saved = new TreeMap<>();
        path.ifPresent(directory -> saved.put(at + ".path", new SavedPipeline(directory)));
        features.ifPresent(settings -> saved.putAll(settings.saved(at + ".features")));
        return saved;
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
            if (path.isPresent()) {
                return saved(planning, path.get());
            }
            String obstacle = estimator.orElseThrow().obstacle(schema.classes());
            if (!obstacle.isEmpty()) {
                throw new SettingException("estimator", obstacle);
            }
            if (features.isPresent()) {
                return fittedOn(features.get().plan(planning), planning);
            }
            Optional<TablePicks> table = TablePicks.of(schema, columns);
            if (table.isPresent()) {
                return new Planned(
                        planning.title(),
                        this,
                        table.get().encoding().columns().stream()
                                .filter(table.get()::reads)
                                .toList(),
                        table.get(),
                        schema.classes(),
                        Optional.empty());
            }
            List<String> read = columns.isEmpty()
                    ? schema.columns().stream()
                            .filter(NumberColumn.class::isInstance)
                            .map(Column::name)
                            .toList()
                    : columns;
            if (read.isEmpty()) {
                throw new SettingException(
                        "columns", "needs columns of numbers, but there are " + NumberPicks.described(schema));
            }
            NumberPicks picks = NumberPicks.of(schema, read);
            return new Planned(planning.title(), this, read, picks, schema.classes(), Optional.empty());
        } catch (SettingException e) {
            throw new RecipeMismatchException(Misfit.at(planning.path(), e));
        }
    }

    /** The features come first, and then the columns that are named. */
    private PlannedTeacher fittedOn(FeatureSettings.Planned made, TeacherPlanning planning) {
        Schema rows = planning.schema();
        List<Column> all = new ArrayList<>(rows.columns());
        all.add(FeatureModel.column(made.model().embedding().orElseThrow()));
        List<String> read = new ArrayList<>(List.of(FeatureModel.COLUMN));
        read.addAll(columns);
        NumberPicks picks = NumberPicks.of(new Schema(all, rows.target(), rows.input()), read);
        return new Planned(planning.title(), this, read, picks, rows.classes(), Optional.of(made));
    }

    private PlannedTeacher saved(TeacherPlanning planning, String directory) {
        SavedPipeline files = new SavedPipeline(directory);
        files.problem(planning.storage()).ifPresent(problem -> {
            throw new SettingException("path", problem);
        });
        Schema schema = planning.schema();
        ClassNames names = ClassNames.of(schema);
        if (!classes.isEmpty() && names.placesIn(classes).isEmpty()) {
            throw new SettingException(
                    "classes",
                    "must be the data's classes " + schema.classNames() + " in the order of the output, was " + classes
                            + names.differencesOf(classes));
        }
        OutputKind kind = OutputKind.valueOf(output.kind().name());
        PipelineTeacher teacher = new PipelineTeacher(
                directory,
                files.digest(planning.storage()),
                schema,
                output.column().map(column -> new PipelineTeacher.Output(column, kind)).stream()
                        .toList(),
                classes,
                floor.stream().toList());
        ModelFacts facts = ModelFacts.ofBytes(planning.storage().bytes(new Path(directory)));
        String versions = "saved by Spark " + String.join(", ", files.sparkVersions(planning.storage()));
        PlannedModel model = new PlannedModel(
                planning.title(),
                teacher.raw(),
                Map.of(),
                facts,
                Optional.of(output.column().isPresent() ? kind : OutputKind.PROBABILITIES),
                List.of(versions, "reads: " + NumberPicks.described(schema)));
        return new PlannedAsked(
                model,
                title(),
                "the teacher is a pipeline of Spark ML, which labels rows as they are",
                (workshop, probe) -> {
                    List<String> lines = new ArrayList<>(probe.lines());
                    lines.add(versions);
                    return new TrainedTeacher(
                            workshop.labeller(teacher, files.sparkVersions(planning.storage())),
                            Optional.empty(),
                            Optional.empty(),
                            teacher.fingerprint(),
                            List.of(new TrainedTeacher.Part(model.title(), teacher, facts, List.of(), lines)));
                });
    }

    private record Planned(
            String title,
            SparkMlTeacherSettings settings,
            List<String> columns,
            RowNumbers picks,
            int classes,
            Optional<FeatureSettings.Planned> made)
            implements PlannedTeacher {
        @Override
        public List<PlannedModel> models() {
            return made.map(FeatureSettings.Planned::model).stream().toList();
        }

        @Override
        public Optional<String> plainOnly() {
            return made.map(features -> "the teacher reads features that are stored for rows as they are");
        }

        @Override
        public boolean learnsFromLabels() {
            return true;
        }

        /** Of all that is asked for a row. */
        private long bytes(ClassifierFit.Fitted fitted) {
            return fitted.bytes()
                    + models().stream()
                            .mapToLong(model -> model.facts().bytes().orElse(0))
                            .sum();
        }

        @Override
        public TrainedTeacher make(TeacherTrainer workshop) {
            double floor = settings.floor()
                    .orElseGet(() -> settings.estimator().orElseThrow().floor(classes));
            Optional<ProbeReport> probe = made.map(features -> workshop.probe(features.model()));
            Optional<FeatureModel> features = made.map(model -> model.features(probe.orElseThrow()));
            ClassifierFit.Fitted fitted = workshop.fit(
                    settings.estimator().orElseThrow(),
                    new TeacherTrainer.Fitting(
                            title, columns, picks, settings.folds(), settings.seed(), floor, features));
            List<String> lines = new ArrayList<>();
            probe.ifPresent(found -> lines.addAll(found.lines()));
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
                            title, fitted.whole(), ModelFacts.ofBytes(bytes(fitted)), List.of(), lines)));
        }
    }
}
