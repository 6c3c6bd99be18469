package io.retort.teacher;

import io.retort.data.encode.RowNumbers;
import io.retort.label.EnsembleModel;
import io.retort.label.Labeller;
import io.retort.label.TeacherModel;
import io.retort.label.TeacherModel.FeatureModel;
import io.retort.label.sparkml.ClassifierFit;
import io.retort.label.sparkml.Estimators.EstimatorSettings;
import io.retort.label.sparkml.PipelineTeacher;
import io.retort.network.Network;
import io.retort.predict.Model.ModelHandle;
import io.retort.predict.ProbeReport;
import io.retort.report.CurveSection;
import io.retort.teacher.PlannedTeacher.PlannedModel;
import io.retort.teacher.PlannedTeacher.PlannedNetwork;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** Where teachers are made. What was made before from the same things comes from the store. */
public interface TeacherTrainer {
    /** Trains a network on the labels alone. */
    Trained train(PlannedNetwork network);

    /** Trains a network on what another teacher says of the training samples, which it labels first. */
    Trained distil(PlannedNetwork network, TrainedTeacher taughtBy);

    /** Fits a classifier of Spark ML on the labelled training rows. */
    ClassifierFit.Fitted fit(EstimatorSettings estimator, Fitting how);

    /**
     * How a classifier is fitted.
     *
     * @param columns that it reads, by name, and {@code picks} where they are
     * @param floor the least probability
     * @param features gives a column that it reads beside those of the rows
     */
    record Fitting(
            String title,
            List<String> columns,
            RowNumbers picks,
            int folds,
            long seed,
            double floor,
            Optional<FeatureModel> features) {}

    /** Makes independent teachers at the same time, in the order of what makes them. */
    List<TrainedTeacher> sideBySide(List<? extends Supplier<TrainedTeacher>> teachers);

    /** Asks a model from elsewhere about some rows, and makes known what was found. */
    ProbeReport probe(PlannedModel model);

    /** What a model gives for some rows from all over the training data, {@code [rows, width]}. */
    float[] ask(ModelHandle model);

    /** Labels by a model that executors ask. */
    Labeller labeller(TeacherModel model);

    /**
     * Labels by a saved pipeline, and warns where another version of Spark saved it.
     *
     * @param versions of Spark that saved its stages
     */
    Labeller labeller(PipelineTeacher pipeline, Set<String> versions);

    /** Labels by the mean of what others have labelled. */
    Labeller average(List<Labeller> members, List<Double> weights, EnsembleModel.Average average);

    /** A network as a teacher. */
    TrainedTeacher ready(String title, Trained network);

    /**
     * A network, and how its trainings went.
     *
     * @param curves first to last; none of a network that was not trained here, or by a version that kept none
     */
    record Trained(Network network, List<CurveSection> curves) {
        public Trained {
            curves = List.copyOf(curves);
        }

        /** A network that was there before. */
        public static Trained before(Network network) {
            return new Trained(network, List.of());
        }
    }
}
