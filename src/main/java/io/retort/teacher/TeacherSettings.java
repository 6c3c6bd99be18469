package io.retort.teacher;

import io.retort.config.Catalogue;
import io.retort.config.Catalogue.Kind;
import io.retort.data.ViewSettings;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The settings of one kind of teacher in a recipe. */
public interface TeacherSettings {
    /** The kinds of teachers, sorted by name. */
    Catalogue<TeacherSettings> CATALOGUE = Catalogue.of(
            "teachers",
            TeacherSettings.class,
            new Kind<>(
                    "born-again",
                    BornAgainTeacherSettings.class,
                    "a network that learned from one like it, over several generations",
                    "Furlanello et al. 2018, arXiv:1805.04770"),
            new Kind<>(
                    "column",
                    ColumnTeacherSettings.class,
                    "scores that are in the data already, from whatever has scored it, see docs/TEACHERS.md",
                    ""),
            new Kind<>(
                    "dl4j",
                    Dl4jTeacherSettings.class,
                    "a network in a zip of DL4J or an HDF5 file of Keras 2, see docs/TEACHERS.md",
                    "Deeplearning4j, https://deeplearning4j.konduit.ai"),
            new Kind<>(
                    "embedding",
                    EmbeddingTeacherSettings.class,
                    "a model of embeddings, whose vectors students learn, see docs/TEACHERS.md",
                    "Reimers and Gurevych 2020, arXiv:2004.09813"),
            new Kind<>(
                    "ensemble",
                    EnsembleTeacherSettings.class,
                    "several teachers of any kinds, whose logits or probabilities are averaged",
                    "Hinton et al. 2015, arXiv:1503.02531"),
            new Kind<>(
                    "network",
                    NetworkTeacherSettings.class,
                    "a network that is trained here, or one that an earlier run left",
                    ""),
            new Kind<>(
                    "onnx",
                    OnnxTeacherSettings.class,
                    "a classifier in an ONNX file, whoever made it, see docs/TEACHERS.md",
                    "Open Neural Network Exchange, https://onnx.ai/onnx/repo-docs/IR.html"),
            new Kind<>(
                    "spark-ml",
                    SparkMlTeacherSettings.class,
                    "a classifier of Spark ML, fitted here or saved in a pipeline, see docs/TEACHERS.md",
                    "Meng et al. 2016, arXiv:1505.06807"));

    /** What the report calls it. */
    String title();

    /** The saved models that it is made of. */
    default List<SavedModel> saved() {
        return List.copyOf(saved("teacher").values());
    }

    /**
     * The same, each by the key that names it, such as {@code teacher.members[1].from}.
     *
     * @param path of this teacher in the recipe, such as {@code teacher}
     */
    Map<String, SavedModel> saved(String path);

    /** The augmentations that its networks are trained with. */
    List<ViewSettings> views();

    /**
     * What it will be. Saved models are read, and nothing is trained.
     *
     * @throws IllegalArgumentException where it does not fit the data; the message says what
     */
    PlannedTeacher plan(TeacherPlanning planning);

    /** Whether it gives vectors, and no scores nor numbers that labels are. */
    default boolean givesVectors() {
        return false;
    }

    /** Why no student can learn from its taps, to follow "for"; nothing where one can. */
    default Optional<String> withoutTaps() {
        return Optional.empty();
    }
}
