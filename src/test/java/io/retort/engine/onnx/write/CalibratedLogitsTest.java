package io.retort.engine.onnx.write;

import static org.assertj.core.api.Assertions.assertThat;

import io.retort.engine.onnx.run.OnnxSession;
import io.retort.network.Layer;
import io.retort.network.LogitCalibration;
import io.retort.network.Network;
import io.retort.network.Shape;
import io.retort.network.Structure;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CalibratedLogitsTest {
    private static final List<String> CLASSES = List.of("a", "b", "c");

    private static final byte[] MODEL = OnnxModel.bytes(
            Network.initialised(
                    Structure.from(Shape.vector(2))
                            .then("logits", new Layer.Dense(3, Layer.Bias.PER_CHANNEL))
                            .build(),
                    1),
            CLASSES,
            Map.of("producer", "test"));

    private static float[] logits(byte[] model) {
        try (OnnxSession session = OnnxSession.open(model, 1)) {
            return session.logits(new float[] {1, -2, 0.5f, 3}, 2);
        }
    }

    @Test
    void givesTheLogitsByTheTemperatureAndTheBiases() {
        float[] raw = logits(MODEL);
        LogitCalibration both = new LogitCalibration(1.7, List.of(0.25, 0.0, -3.5));
        float[] calibrated = logits(CalibratedLogits.behind(MODEL, both));
        assertThat(calibrated).isEqualTo(both.of(raw));
        assertThat(calibrated[2]).isEqualTo(raw[2] / 1.7f - 3.5f);
        LogitCalibration cooler = new LogitCalibration(0.5, List.of());
        assertThat(logits(CalibratedLogits.behind(MODEL, cooler)))
                .isEqualTo(cooler.of(raw))
                .isNotEqualTo(raw);
    }

    @Test
    void keepsTheMetadata() {
        byte[] calibrated = CalibratedLogits.behind(MODEL, new LogitCalibration(2, List.of()));
        assertThat(OnnxModel.classNames(calibrated)).isEqualTo(CLASSES);
    }
}
