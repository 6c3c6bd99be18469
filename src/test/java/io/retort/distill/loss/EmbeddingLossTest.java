package io.retort.distill.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.retort.data.Target;
import io.retort.distill.loss.LogitLoss.LogitBatch;
import io.retort.distill.schedule.Schedule;
import java.util.List;
import org.junit.jupiter.api.Test;

class EmbeddingLossTest implements LossContract {
    private static final Target VECTORS = new Target.EmbeddingTarget(3, List.of());

    @Override
    public List<LossSettings> settings() {
        return List.of(new EmbeddingLoss.Cosine(Schedule.of(1)), new EmbeddingLoss.SquaredDistance(Schedule.of(1)));
    }

    @Override
    public boolean comparesLogits() {
        return true;
    }

    @Test
    void cosineMatchesTheValueWorkedOutByHand() {
        // cos((3, 4), (1, 0)) = 3/5 and cos((1, 1), (2, 2)) = 1, so (2/5 + 0) / 2 = 1/5. Of the first, u = (3/5, 4/5),
        // v = (1, 0): −(v − 3/5 u) / (5 · 2) = −(16/25, −12/25) / 10; the second is where it should be.
        double[] gradient = new double[4];
        double loss = new EmbeddingLoss()
                .evaluate(
                        LogitBatch.taught(2, 2, new double[] {3, 4, 1, 1}, new double[4], new double[] {1, 0, 2, 2}),
                        1,
                        gradient);
        assertThat(loss).isCloseTo(0.2, within(1e-12));
        assertThat(gradient).containsExactly(new double[] {-0.064, 0.048, 0, 0}, within(1e-12));
    }

    @Test
    void squaredDistanceOfUnitVectorsIsTheCosineLoss() {
        LogitBatch units = LogitBatch.taught(1, 2, new double[] {0.6, 0.8}, new double[2], new double[] {-0.28, 0.96});
        double cosine = new EmbeddingLoss().evaluate(units, 1, new double[2]);
        assertThat(settings().get(1).create().evaluate(units, 1, new double[2])).isCloseTo(cosine, within(1e-12));
        assertThat(cosine).isCloseTo(0.4, within(1e-12)); // 1 − (0.6 · −0.28 + 0.8 · 0.96)
    }

    @Test
    void lossesOfLabelsAndOfDistributionsDoNotSuitVectors() {
        assertThatThrownBy(() -> new SoftTargetLoss.Settings(Schedule.of(1), Schedule.of(1)).requireFits(VECTORS))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "loss 'soft-target' is for target = class, but the data has target = embedding; for that there"
                                + " are embedding-cosine and embedding-mse, and relation-distance and relation-angle beside"
                                + " them");
        assertThatThrownBy(() -> new Losses.OfLabels(Schedule.of(1)).requireFits(VECTORS))
                .hasMessageStartingWith("loss 'labels' is for target = class or several-classes or numbers");
        assertThatThrownBy(() -> new LogitMseLoss.Settings(1).requireFits(VECTORS))
                .hasMessageStartingWith("loss 'logit-mse' is for");
        assertThatThrownBy(() -> settings().get(0).requireFits(new Target.NumberTarget(List.of("price"))))
                .hasMessageStartingWith("loss 'embedding-cosine' is for target = embedding, but the data has");
    }
}
