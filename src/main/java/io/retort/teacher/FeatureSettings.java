package io.retort.teacher;

import io.retort.config.Catalogue;
import io.retort.config.Catalogue.Kind;
import io.retort.label.TeacherModel.FeatureModel;
import io.retort.predict.ProbeReport;
import io.retort.teacher.PlannedTeacher.PlannedModel;
import java.util.Map;

/** The settings of a model whose features of a row a classifier is fitted on, such as the embedding of a text. */
public interface FeatureSettings {
    /** The kinds of such models. */
    Catalogue<FeatureSettings> CATALOGUE = Catalogue.of(
            "features",
            FeatureSettings.class,
            new Kind<>(
                    "onnx",
                    OnnxFeatureSettings.class,
                    "the embedding that a model in an ONNX file gives, see docs/TEACHERS.md",
                    "Reimers and Gurevych 2019, arXiv:1908.10084"));

    /** What the report calls it. */
    String title();

    /** The saved models that it is made of, by the places where a recipe names them. */
    Map<String, SavedModel> saved(String at);

    /**
     * Holds it against the data, without asking it anything.
     *
     * @throws RecipeMismatchException where something does not fit
     */
    Planned plan(TeacherPlanning planning);

    /** A model that fits. */
    interface Planned {
        /** What is probed. */
        PlannedModel model();

        /**
         * The model once it has been probed.
         *
         * @throws io.retort.storage.ArtifactException where it must not be used
         */
        FeatureModel features(ProbeReport found);
    }
}
