package io.retort.recipe;

import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigRenderOptions;
import io.retort.compress.CompressorSettings;
import io.retort.config.ConfigException;
import io.retort.config.ConfigSource;
import io.retort.config.Names;
import io.retort.config.SettingException;
import io.retort.data.ViewSettings;
import io.retort.distill.SynchronousTrainer;
import io.retort.distill.TrainerSettings;
import io.retort.distill.loss.LossSettings;
import io.retort.distill.loss.Losses;
import io.retort.engine.dl4j.LayerSet;
import io.retort.evaluate.CalibrationSettings;
import io.retort.evaluate.Evaluation;
import io.retort.label.Labeller.LabellingSettings;
import io.retort.spark.RecipeSettings;
import io.retort.teacher.SavedModel;
import io.retort.teacher.SavedNetwork;
import io.retort.teacher.TeacherSettings;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The configuration of one run. Defaults and the meaning of each key: {@code reference.conf}.
 *
 * @param name of the run's directory
 * @param seeds one student and one baseline are trained for each
 * @param export what students' files give; logits alone where it is not set
 * @param retrain how {@code retort retrain} makes a challenger of it
 * @param search how {@code retort search} makes candidates of its student
 * @param spark settings that Spark gets as they are; {@link RecipeSettings} has those that may stand in a file
 */
public record Recipe(
        String name,
        DataSettings data,
        TeacherSettings teacher,
        LabellingSettings labels,
        TrainerSettings trainer,
        List<StudentSettings> students,
        List<Long> seeds,
        Evaluation.Settings evaluation,
        Optional<ExportSettings> export,
        RetrainSettings retrain,
        Optional<SearchSettings> search,
        Map<String, String> spark) {
    /** A recipe without a search. */
    public Recipe(
            String name,
            DataSettings data,
            TeacherSettings teacher,
            LabellingSettings labels,
            TrainerSettings trainer,
            List<StudentSettings> students,
            List<Long> seeds,
            Evaluation.Settings evaluation,
            Optional<ExportSettings> export,
            RetrainSettings retrain,
            Map<String, String> spark) {
        this(
                name,
                data,
                teacher,
                labels,
                trainer,
                students,
                seeds,
                evaluation,
                export,
                retrain,
                Optional.empty(),
                spark);
    }

    public Recipe {
        Names.requireForPath("name", name);
        students = List.copyOf(students);
        seeds = List.copyOf(seeds);
        spark = Map.copyOf(spark);
        if (seeds.isEmpty()) {
            throw new SettingException("seeds", "must name at least one seed, such as [1]");
        }
        if (new HashSet<>(seeds).size() < seeds.size()) {
            throw new SettingException("seeds", "must differ, was " + seeds);
        }
        Set<String> names = new HashSet<>();
        for (StudentSettings student : students) {
            if (!names.add(student.name())) {
                throw new SettingException(
                        "students", "must have different names, two are named '" + student.name() + "'");
            }
            Optional<String> constraint = student.stages().stream()
                    .flatMap(stage -> stage.constraint().stream())
                    .findFirst();
            if (constraint.isPresent() && trainer.layers() == LayerSet.STOCK) {
                throw new SettingException(
                        "trainer",
                        "must be synchronous or averaging, for student '" + student.name() + "' is compressed by "
                                + constraint.get());
            }
        }
        for (StudentSettings student : students) {
            boolean penalised = student.tunings().stream()
                    .anyMatch(tuning -> tuning.training().scalePenalty() > 0);
            if (penalised && trainer.layers() == LayerSet.STOCK) {
                throw new SettingException(
                        "trainer",
                        "must be synchronous or averaging, for student '" + student.name()
                                + "' is trained with a scale-penalty");
            }
        }
        for (StudentSettings student : students) {
            if (student.calibration()
                            .filter(CalibrationSettings::readsValidation)
                            .isPresent()
                    && data.validation().isEmpty()) {
                throw new SettingException(
                        "data.validation",
                        "missing; the calibration of student '" + student.name()
                                + "' is fitted to its rows, so set apart a fraction of data.train, such as 0.1, or name"
                                + " rows of their own in source");
            }
        }
        if (data.hasTexts()) {
            requirePlainViews("teacher", "", teacher.views());
            for (StudentSettings student : students) {
                requirePlainViews(
                        "students",
                        ", as '" + student.name() + "' is",
                        student.tunings().stream()
                                .map(tuning -> tuning.training().views())
                                .toList());
            }
        }
        if (data.embedding().isPresent() && !teacher.givesVectors()) {
            throw new SettingException(
                    "teacher",
                    "must be of kind embedding, or of kind column with output = embedding, where data.embedding is set,"
                            + " for it has to give vectors");
        }
        if (data.embedding().isEmpty() && teacher.givesVectors()) {
            throw new SettingException(
                    "data.embedding",
                    "missing; the teacher gives vectors, so set its dimension, that of the students' vectors");
        }
        if (search.isPresent()) {
            requireSearchable(students, data);
            requireCompressible(students, search.get());
            if (search.get().quality() == SearchSettings.Quality.SOFT_LABEL_LOSS
                    && students.get(0).losses().stream()
                            .noneMatch(loss -> loss.source() == LossSettings.Source.TEACHER)) {
                throw new SettingException(
                        "search.quality",
                        "must be score where no loss of the student is of the teacher, for candidates do not learn what it"
                                + " says; add one, such as soft-target");
            }
            int epochs = students.get(0).training().epochs();
            if (search.get().strategy() instanceof StrategySettings.Asha asha && asha.firstEpochs() > epochs) {
                throw new SettingException(
                        "search.strategy",
                        "must have first-epochs of at most the student's " + epochs + ", was " + asha.firstEpochs());
            }
            if (!(trainer instanceof SynchronousTrainer.Settings)) {
                throw new SettingException(
                        "trainer",
                        "must be synchronous where search is set, for a candidate's network must not depend on the slots that it gets");
            }
        }
        Optional<String> withoutTaps = teacher.withoutTaps();
        if (withoutTaps.isPresent()) {
            requireNoTaps(students, withoutTaps.get());
        }
    }

    /** A search chooses on rows of its own; its template and the students that are set beside the front begin anew. */
    private static void requireSearchable(List<StudentSettings> students, DataSettings data) {
        if (students.isEmpty()) {
            throw new SettingException(
                    "students", "must have one where search is set: the first is the template of all candidates");
        }
        for (StudentSettings student : students) {
            if (student.from().isPresent() || student.calibration().isPresent()) {
                throw new SettingException(
                        "students",
                        "must have neither from nor calibration where search is set, for candidates are compared without;"
                                + " put these into the recipe of a front's point");
            }
            if (student.losses().stream().anyMatch(loss -> !loss.pairs().isEmpty())) {
                throw new SettingException(
                        "students",
                        "must not have losses of taps where search is set, for the taps' values are stored for one"
                                + " student's layers");
            }
        }
        if (data.validation().isEmpty()) {
            throw new SettingException(
                    "data.validation",
                    "missing; a search chooses on its rows, so set apart a fraction of data.train, such as 0.1, or name"
                            + " rows of their own in source");
        }
    }

    /** A compressed candidate's costs are known once its stages have run, and none of them is a time. */
    private static void requireCompressible(List<StudentSettings> students, SearchSettings search) {
        for (int s = 0; s < students.size(); s++) {
            List<CompressorSettings> stages = students.get(s).compress();
            for (int c = 0; c < stages.size(); c++) {
                if (stages.get(c).measuresLatency()) {
                    throw new SettingException(
                            "students[" + s + "].compress[" + c + "].target",
                            "must not be latency where search is set, for each execution would measure other times, and"
                                    + " cut other channels; take macs");
                }
            }
        }
        boolean searched = search.space().isOfCompression();
        if ((searched || !students.get(0).compress().isEmpty()) && search.strategy() instanceof StrategySettings.Asha) {
            throw new SettingException(
                    "search.strategy",
                    "must not be asha where candidates are compressed, for a training cannot go on behind a stage; take"
                            + " evolution, random or surrogate");
        }
        if (searched
                || students.stream().anyMatch(student -> !student.compress().isEmpty())) {
            String reason = "where students are compressed, for it is predicted from the pieces of networks as they are"
                    + " trained; take macs or bytes, and let retort run measure the points of the front";
            if (search.objectives().contains(SearchSettings.Objective.LATENCY)) {
                throw new SettingException("search.objectives", "must not have latency " + reason);
            }
            if (search.limits().latencyMs().isPresent()) {
                throw new SettingException("search.limits.latency-ms", "must not be set " + reason);
            }
        }
    }

    private static void requirePlainViews(String key, String which, List<ViewSettings> views) {
        if (!views.stream().allMatch(ViewSettings::isPlain)) {
            throw new SettingException(
                    key, "must not be trained with views" + which + ", for the samples are texts; leave views out");
        }
    }

    private static void requireNoTaps(List<StudentSettings> students, String reason) {
        for (StudentSettings student : students) {
            for (StudentSettings.Tuning tuning : student.tunings()) {
                for (LossSettings loss : tuning.losses()) {
                    if (!loss.pairs().isEmpty()) {
                        throw new SettingException(
                                "students",
                                "must not have losses of taps, such as '"
                                        + Losses.CATALOGUE.kindOf(loss).name() + "' of '" + student.name() + "', for "
                                        + reason);
                    }
                }
            }
        }
    }

    /** This recipe with its first student alone, and without a search. */
    public Recipe ofFirstStudent() {
        return new Recipe(
                name,
                data,
                teacher,
                labels,
                trainer,
                students.subList(0, 1),
                seeds,
                evaluation,
                export,
                retrain,
                spark);
    }

    /** The saved models that teacher and students are made of. */
    public List<SavedModel> saved() {
        return Stream.concat(
                        teacher.saved().stream(),
                        students.stream()
                                .flatMap(student -> student.saved().stream())
                                .map(SavedNetwork::new))
                .toList();
    }

    /**
     * This recipe with nothing but the challenger of a retraining: one student and the first seed.
     *
     * @throws IllegalArgumentException where it names no model, or none of several students
     */
    public Recipe ofChallenger() {
        List<String> names = students.stream().map(StudentSettings::name).toList();
        if (retrain.model().isEmpty()) {
            throw new SettingException("retrain.model", "missing; name the model of the registry that is retrained");
        }
        if (retrain.student().isEmpty() && names.size() != 1) {
            throw new SettingException(
                    "retrain.student", "missing; name the student that is the challenger, one of " + names);
        }
        String name = retrain.student().orElseGet(() -> names.get(0));
        StudentSettings challenger = students.stream()
                .filter(student -> student.name().equals(name))
                .findFirst()
                .orElseThrow(() ->
                        new SettingException("retrain.student", "must be one of " + names + ", was '" + name + "'"));
        if (challenger.from().isPresent()) {
            throw new SettingException(
                    "students[" + students.indexOf(challenger) + "].from",
                    "must not be set, for a retraining begins at the champion or from scratch; name a student with an"
                            + " architecture");
        }
        if (!challenger.compress().isEmpty()) {
            throw new SettingException(
                    "students[" + students.indexOf(challenger) + "].compress",
                    "must be empty, for a retraining runs no stages of it; name a student without them");
        }
        if (challenger.control().isPresent()) {
            throw new SettingException(
                    "students[" + students.indexOf(challenger) + "].control",
                    "must not be set, for a retraining trains neither a baseline nor a control; leave it out of the"
                            + " challenger, and compare in a run");
        }
        return new Recipe(
                this.name,
                data,
                teacher,
                labels,
                trainer,
                List.of(challenger),
                seeds.subList(0, 1),
                evaluation,
                export,
                retrain,
                spark);
    }

    /** Begins a recipe in Java, over the same defaults and with the same checks as one in a file. */
    public static Builder builder() {
        return new Builder();
    }

    /** A recipe that is written in Java. */
    public static final class Builder {
        private final List<String> lines = new ArrayList<>();

        private Builder() {}

        /**
         * Sets a value; of several at one path the last counts, and objects are merged.
         *
         * @param path as in a recipe, such as {@code trainer.replicas}
         * @param value a number, a text, a boolean, a list of values, or a map from paths to values
         */
        public Builder set(String path, Object value) {
            String object = ConfigFactory.parseMap(Map.of(path, value)).root().render(ConfigRenderOptions.concise());
            lines.add(object.substring(1, object.length() - 1));
            return this;
        }

        /**
         * The recipe.
         *
         * @throws ConfigException with all problems; the line of a position is the number of the call of {@link #set}
         */
        public Recipe build() {
            return Kinds.binder().bind(ConfigSource.text("Recipe.builder()", String.join("\n", lines)), Recipe.class);
        }
    }
}
