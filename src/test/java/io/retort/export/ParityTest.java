package io.retort.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.retort.engine.TrainableNetwork.Logits;
import io.retort.export.Parity.Batch;
import io.retort.storage.ArtifactException;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.Test;

class ParityTest {
    /** Two classes: the feature and its double. */
    private static final Logits REFERENCE = scaled(1, 2);

    @Test
    void isTheGreatestDifferenceOverTheLargestLogitOfAllBatches() {
        // Reference logits 1, 2 | −4, −8 | 3, 6; the other's differ by 0.5 · 1, 0.5 · 4 and 0.5 · 3. Largest 8.
        Parity parity = Parity.between(scaled(1.5f, 2), REFERENCE, batches());
        assertThat(parity).isEqualTo(new Parity(2 / 8.0, 1, 3));
    }

    @Test
    void countsTheSharedLabels() {
        // With 3x and 2x the greatest logit is another for every sample.
        assertThat(Parity.between(scaled(3, 2), REFERENCE, batches()).labelAgreement())
                .isZero();
        Logits firstOnly = (features, size) -> {
            float[] logits = REFERENCE.logits(features, size);
            logits[0] = features[0] == 1 ? 100 : logits[0];
            return logits;
        };
        assertThat(Parity.between(firstOnly, REFERENCE, batches()).labelAgreement())
                .isEqualTo(2 / 3.0);
    }

    @Test
    void isInfiniteWhereALogitIsNoNumber() {
        assertThat(Parity.between(scaled(Float.NaN, 2), REFERENCE, batches()).greatestRelativeDifference())
                .isInfinite();
        assertThat(Parity.between(REFERENCE, scaled(Float.NaN, 2), batches()).greatestRelativeDifference())
                .isInfinite();
        assertThat(Parity.between(REFERENCE, scaled(Float.POSITIVE_INFINITY, 2), batches())
                        .greatestRelativeDifference())
                .isInfinite();
        assertThat(Parity.between(REFERENCE, scaled(0, 0), batches()).greatestRelativeDifference())
                .isInfinite();
        assertThat(Parity.between(scaled(0, 0), scaled(0, 0), batches()).greatestRelativeDifference())
                .isZero();
    }

    @Test
    void refusesAnExportThatIsNotWhatWasTrained() {
        Parity parity = Parity.between(scaled(1.5f, 2), REFERENCE, batches());
        assertThatThrownBy(() -> parity.requireWithin(Parity.ALLOWED, "student 'small', seed 1"))
                .isInstanceOf(ArtifactException.class)
                .hasMessage(
                        "student 'small', seed 1: its ONNX file and the reference differ by 2.50e-01 of the largest logit"
                                + " on 3 rows (allowed are 1.0e-04) and agree on 100.00 % of the labels; it must not be used, for it"
                                + " does not compute what was trained. Keep the run directory and report this");
        assertThat(parity.requireWithin(0.25, "x")).isSameAs(parity);
        assertThatThrownBy(() -> new Parity(Double.NaN, 1, 1).requireWithin(1, "x"))
                .isInstanceOf(ArtifactException.class);
    }

    @Test
    void refusesInt8KernelsThatPredictOtherLabels() {
        Parity parity = new Parity(0.02, 0.5564, 1000);
        assertThat(parity.requireAgreement(0.55, "x")).isSameAs(parity);
        assertThatThrownBy(() -> parity.requireAgreement(Parity.MIN_AGREEMENT, "student-tiny-seed1"))
                .isInstanceOf(ArtifactException.class)
                .hasMessage(
                        "student-tiny-seed1: its int8 ONNX file and the simulation of it agree on 55.64 % of the labels of 1000 rows"
                                + " (at least 99.5 % are required). With weight-bits = 8, sums of products saturate on a processor without VNNI:"
                                + " use 7. With fewer, either logits lie so close together that rounding decides, or an int8 kernel of ONNX"
                                + " Runtime is wrong on this processor: keep the run directory and report this");
    }

    @Test
    void needsSamplesAndLogitsOfOneWidth() {
        assertThatThrownBy(() ->
                        Parity.between(REFERENCE, REFERENCE, List.<Batch>of().iterator()))
                .hasMessage("parity needs at least one sample");
        Logits three = (features, size) -> new float[3 * size];
        assertThatThrownBy(() -> Parity.between(three, REFERENCE, batches()))
                .hasMessage("a batch of 2 gave 6 logits and, from the reference, 4");
    }

    private static Iterator<Batch> batches() {
        return List.of(new Batch(new float[] {1, -4}, 2), new Batch(new float[] {3}, 1))
                .iterator();
    }

    private static Logits scaled(float first, float second) {
        return (features, size) -> {
            float[] logits = new float[2 * size];
            for (int i = 0; i < size; i++) {
                logits[2 * i] = first * features[i];
                logits[2 * i + 1] = second * features[i];
            }
            return logits;
        };
    }
}
