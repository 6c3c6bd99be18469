package io.retort.distill.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.retort.data.Labels.LabelCounts;
import io.retort.data.Target;
import io.retort.distill.loss.LogitLoss.LogitBatch;
import io.retort.distill.schedule.Schedule;
import java.util.List;
import org.junit.jupiter.api.Test;

class BinaryCrossEntropyLossTest implements LossContract {
    @Override
    public List<LossSettings> settings() {
        return List.of(of(), of(3.0, 0.0, 1.0, 0.5, 19.0));
    }

    @Override
    public boolean comparesLogits() {
        return true;
    }

    @Test
    void matchesTheValueWorkedOutByHand() {
        // logits (ln 3, 0) give q = (3/4, 1/2); labels (1, 0): (−ln(3/4) − ln(1/2)) / 2
        double[] gradient = new double[2];
        double loss = of().create()
                .evaluate(LogitBatch.labelled(1, 2, new double[] {Math.log(3), 0}, new double[] {1, 0}), 1, gradient);
        assertThat(loss).isCloseTo(-(Math.log(0.75) + Math.log(0.5)) / 2, within(1e-12));
        assertThat(gradient[0]).isCloseTo(-0.125, within(1e-12));
        assertThat(gradient[1]).isCloseTo(0.25, within(1e-12));
    }

    @Test
    void aPositiveWeightCountsRowsOfTheClassOnly() {
        LogitBatch batch = LogitBatch.labelled(2, 1, new double[] {0, 0}, new double[] {1, 0});
        assertThat(of(3.0).create().evaluate(batch, 1, new double[2]))
                .isCloseTo((3 + 1) * Math.log(2) / 2, within(1e-12));
    }

    @Test
    void balancesClassesByTheTrainingLabels() {
        LossSettings balanced = new Losses.Balanced(Schedule.of(1));
        Target tags = new Target.MultiLabelTarget(List.of("a", "b", "c"));
        assertThat(balanced.fitted(new LabelCounts(tags, 100, List.of(5L, 50L, 0L))))
                .isEqualTo(of(19.0, 1.0, 1.0));
        LabelCounts rare = new LabelCounts(new Target.ClassTarget(List.of("no", "yes")), 400, List.of(380L, 20L));
        LossSettings weighted = new CrossEntropyLoss.Settings(Schedule.of(1), 0, List.of(200.0 / 380, 10.0));
        assertThat(balanced.fitted(rare)).isEqualTo(weighted);
        assertThat(new StandardizedLoss.Settings(1, balanced).fitted(rare))
                .isEqualTo(new StandardizedLoss.Settings(1, weighted));
        assertThat(balanced.fitted(new LabelCounts(tags, 0, List.of(0L, 0L, 0L))))
                .isEqualTo(of());
        assertThatThrownBy(() -> balanced.requireFits(new Target.NumberTarget(List.of("a"))))
                .hasMessageContaining("is for target = class or several-classes, but the data has target = numbers");
    }

    @Test
    void fitsLabelsOfSeveralClassesOnly() {
        of().requireFits(new Target.MultiLabelTarget(List.of("a")));
        assertThatThrownBy(() -> of().requireFits(new Target.ClassTarget(List.of("a", "b"))))
                .hasMessage("loss 'binary-cross-entropy' is for target = several-classes, but the data has target ="
                        + " class; for that there are cross-entropy, balanced-cross-entropy, decoupled, dist, hard-target, soft-target, standardized and"
                        + " teacher-free");
        assertThatThrownBy(() -> of(1.0).requireFits(new Target.MultiLabelTarget(List.of("a", "b"))))
                .hasMessageContaining("positive-weight must have a weight for each of the 2 classes, was [1.0]");
        assertThatThrownBy(() -> of(-1.0)).hasMessageContaining("positive-weight must be finite and >= 0");
    }

    @Test
    void lossesOfASoftmaxFitNeitherSeveralClassesNorNumbers() {
        for (String kind : List.of("cross-entropy", "decoupled", "dist", "soft-target", "standardized")) {
            assertThat(Losses.CATALOGUE.find(kind)).isPresent();
        }
        LossSettings soft = new SoftTargetLoss.Settings(1, 4);
        LossSettings standardized = new StandardizedLoss.Settings(1, soft);
        LossSettings weighted = new CrossEntropyLoss.Settings(Schedule.of(1), 0, List.of(1.0, 2.0));
        for (LossSettings loss : List.of(soft, standardized, weighted, new TeacherFreeLoss.Settings(1, 0.9, 20))) {
            assertThatThrownBy(() -> loss.requireFits(new Target.MultiLabelTarget(List.of("a", "b"))))
                    .hasMessageContaining("is for target = class, but the data has target = several-classes; for that"
                            + " there are binary-cross-entropy, balanced-cross-entropy, soft-binary-cross-entropy and"
                            + " logit-mse");
            assertThatThrownBy(() -> loss.requireFits(new Target.NumberTarget(List.of("a"))))
                    .hasMessageContaining("for that there are squared-error, huber, logit-mse and teacher-huber");
        }
        new LogitMseLoss.Settings(1).requireFits(new Target.NumberTarget(List.of("a")));
    }

    private static BinaryCrossEntropyLoss.Settings of(Double... weights) {
        return new BinaryCrossEntropyLoss.Settings(Schedule.of(1), List.of(weights));
    }
}
