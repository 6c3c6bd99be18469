package io.retort.distill.loss;

import io.retort.config.Catalogue;
import io.retort.config.Catalogue.Kind;
import io.retort.data.LabelColumns;
import io.retort.data.Labels.LabelCounts;
import io.retort.distill.schedule.Schedule;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** The kinds of losses, sorted by name. */
public final class Losses {
    public static final Catalogue<LossSettings> CATALOGUE = Catalogue.of(
            "losses",
            LossSettings.class,
            new Kind<>(
                    "attention",
                    AttentionLoss.Settings.class,
                    "squared difference of normalised attention maps at pairs of taps",
                    "Zagoruyko, Komodakis 2017, arXiv:1612.03928"),
            new Kind<>(
                    "balanced-cross-entropy",
                    Balanced.class,
                    "cross-entropy, or binary-cross-entropy, where each class has the same share of the training labels",
                    "King, Zeng 2001, Political Analysis 9"),
            new Kind<>(
                    "binary-cross-entropy",
                    BinaryCrossEntropyLoss.Settings.class,
                    "cross-entropy with a 0 or a 1 for each of several classes",
                    "King, Zeng 2001, Political Analysis 9"),
            new Kind<>(
                    "contrastive",
                    ContrastiveLoss.Settings.class,
                    "picks each sample's own teacher features among the batch's, at pairs of taps, through a learned"
                            + " connector",
                    "Tian et al. 2020, arXiv:1910.10699"),
            new Kind<>(
                    "cross-entropy",
                    CrossEntropyLoss.Settings.class,
                    "cross-entropy with the labels, smoothed if wanted",
                    "Szegedy et al. 2016, arXiv:1512.00567"),
            new Kind<>(
                    "decoupled",
                    DecoupledLoss.Settings.class,
                    "T² · KL of the label's class against the others, and of the others among themselves, weighted"
                            + " apart",
                    "Zhao et al. 2022, arXiv:2203.08679"),
            new Kind<>(
                    "dist",
                    DistLoss.Settings.class,
                    "1 - Pearson's correlation with the teacher's probabilities, along classes and along the batch",
                    "Huang et al. 2022, arXiv:2205.10536"),
            new Kind<>(
                    "embedding-cosine",
                    EmbeddingLoss.Cosine.class,
                    "1 - cosine of the angle between the student's vector and the teacher's",
                    "Sanh et al. 2019, arXiv:1910.01108"),
            new Kind<>(
                    "embedding-mse",
                    EmbeddingLoss.SquaredDistance.class,
                    "half the squared distance from the teacher's vector",
                    "Reimers and Gurevych 2020, arXiv:2004.09813"),
            new Kind<>(
                    "hard-target",
                    CrossEntropyLoss.HardTarget.class,
                    "cross-entropy with the teacher's most probable class",
                    "Hinton et al. 2015, arXiv:1503.02531"),
            new Kind<>(
                    "hint",
                    HintLoss.Settings.class,
                    "half the mean squared difference at pairs of taps, through a learned connector",
                    "Romero et al. 2015, arXiv:1412.6550"),
            new Kind<>(
                    "huber",
                    HuberLoss.Settings.class,
                    "squared error of the labels' numbers, absolute beyond delta",
                    "Huber 1964, Annals of Mathematical Statistics 35"),
            new Kind<>(
                    "labels",
                    OfLabels.class,
                    "what the labels' kind suggests: cross-entropy, binary-cross-entropy or squared-error",
                    "Murphy 2022, Probabilistic Machine Learning, sections 4.2 and 10.3"),
            new Kind<>(
                    "logit-mse",
                    LogitMseLoss.Settings.class,
                    "half the squared distance from the teacher's logits, or numbers",
                    "Ba and Caruana 2014, arXiv:1312.6184"),
            new Kind<>(
                    "pkt",
                    PktLoss.Settings.class,
                    "KL between the teacher's and the student's distributions over each sample's neighbours in the"
                            + " batch",
                    "Passalis and Tefas 2018, arXiv:1803.10837"),
            new Kind<>(
                    "relation-angle",
                    RelationAngleLoss.Settings.class,
                    "Huber's loss of the angles that triples of samples make, of logits or at pairs of taps",
                    "Park et al. 2019, arXiv:1904.05068"),
            new Kind<>(
                    "relation-distance",
                    RelationDistanceLoss.Settings.class,
                    "Huber's loss of the relative distances of pairs of samples, of logits or at pairs of taps",
                    "Park et al. 2019, arXiv:1904.05068"),
            new Kind<>(
                    "similarity-preserving",
                    SimilarityPreservingLoss.Settings.class,
                    "squared difference of the batch's similarity rows at pairs of taps",
                    "Tung, Mori 2019, arXiv:1907.09682"),
            new Kind<>(
                    "soft-binary-cross-entropy",
                    SoftBinaryCrossEntropyLoss.Settings.class,
                    "T² · KL from the teacher's to the student's softened probability of each of several classes",
                    "Yang et al. 2023, arXiv:2308.06453"),
            new Kind<>(
                    "soft-target",
                    SoftTargetLoss.Settings.class,
                    "T² · KL from the teacher's to the student's softened distribution",
                    "Hinton et al. 2015, arXiv:1503.02531"),
            new Kind<>(
                    "squared-error",
                    HuberLoss.SquaredError.class,
                    "half the squared distance from the labels' numbers",
                    "Murphy 2022, Probabilistic Machine Learning, section 4.2"),
            new Kind<>(
                    "standardized",
                    StandardizedLoss.Settings.class,
                    "any loss over logits, of logits standardised within each sample",
                    "Sun et al. 2024, arXiv:2403.01427"),
            new Kind<>(
                    "teacher-free",
                    TeacherFreeLoss.Settings.class,
                    "T² · KL from a teacher made up from the label; no teacher is needed",
                    "Yuan et al. 2020, arXiv:1909.11723"),
            new Kind<>(
                    "teacher-huber",
                    HuberLoss.ToTeacher.class,
                    "squared error of the teacher's numbers, absolute beyond delta",
                    "Huber 1964, Annals of Mathematical Statistics 35"));

    /** Kind {@code labels}: cross-entropy of classes, binary cross-entropy of several, the squared error of numbers. */
    public record OfLabels(Schedule weight) implements LossSettings.FromLabels {
        public OfLabels {
            LossSettings.requireWeight(weight);
        }

        /** Of classes. */
        @Override
        public LogitLoss create() {
            return new CrossEntropyLoss(0, List.of());
        }

        @Override
        public Set<LabelColumns.Kind> targets() {
            return EnumSet.complementOf(EnumSet.of(LabelColumns.Kind.EMBEDDING));
        }

        @Override
        public LossSettings fitted(LabelCounts labels) {
            return switch (labels.target().kind()) {
                case CLASS -> new CrossEntropyLoss.Settings(weight, 0, List.of());
                case SEVERAL_CLASSES -> new BinaryCrossEntropyLoss.Settings(weight, List.of());
                case NUMBERS -> new HuberLoss.SquaredError(weight);
                case EMBEDDING -> throw new IllegalStateException("vectors have no labels");
            };
        }

        @Override
        public boolean inNats() {
            return true;
        }
    }

    /**
     * Kind {@code balanced-cross-entropy}: {@link CrossEntropyLoss} with the class weights
     * {@code rows / (classes · rows of the class)} of the training labels, and of several classes
     * {@link BinaryCrossEntropyLoss} with the positive weights {@code (rows − rows of the class) / rows of the class}. A
     * class without rows has weight 1.
     */
    public record Balanced(Schedule weight) implements LossSettings.FromLabels {
        public Balanced {
            LossSettings.requireWeight(weight);
        }

        /** Of classes, unweighted. */
        @Override
        public LogitLoss create() {
            return new CrossEntropyLoss(0, List.of());
        }

        @Override
        public Set<LabelColumns.Kind> targets() {
            return Set.of(LabelColumns.Kind.CLASS, LabelColumns.Kind.SEVERAL_CLASSES);
        }

        @Override
        public LossSettings fitted(LabelCounts labels) {
            long all = labels.labelled();
            boolean ofOne = labels.target().kind() == LabelColumns.Kind.CLASS;
            double share = (double) all / labels.target().outputs();
            List<Double> weights = all == 0
                    ? List.of()
                    : labels.byClass().stream()
                            .map(rows -> rows == 0 ? 1 : ofOne ? share / rows : (double) (all - rows) / rows)
                            .toList();
            return ofOne
                    ? new CrossEntropyLoss.Settings(weight, 0, weights)
                    : new BinaryCrossEntropyLoss.Settings(weight, weights);
        }

        @Override
        public boolean inNats() {
            return true;
        }
    }

    /** The kinds that are made for a kind of labels, and for no other. */
    static String of(LabelColumns.Kind kind) {
        return switch (kind) {
            case CLASS ->
                "cross-entropy, balanced-cross-entropy, decoupled, dist, hard-target, soft-target, standardized and teacher-free";
            case SEVERAL_CLASSES ->
                "binary-cross-entropy, balanced-cross-entropy, soft-binary-cross-entropy and logit-mse";
            case NUMBERS -> "squared-error, huber, logit-mse and teacher-huber";
            case EMBEDDING ->
                "embedding-cosine and embedding-mse, and relation-distance and relation-angle beside them";
        };
    }

    private Losses() {}
}
