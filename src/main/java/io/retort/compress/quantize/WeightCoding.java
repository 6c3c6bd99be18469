package io.retort.compress.quantize;

import io.retort.compress.quantize.QuantizationConfig.Granularity;
import io.retort.compress.quantize.calibrate.Calibrator;
import io.retort.compress.quantize.calibrate.Histogram;
import io.retort.network.Tensor;
import io.retort.network.int8.AffineCode;
import io.retort.network.int8.AffineCode.Symmetry;
import io.retort.network.int8.WeightCodes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Chooses the codes of weights. */
public final class WeightCoding {
    /** A quarter of what an int32 holds, so that the sum of products has room beside the bias. */
    private static final double MAX_BIAS_STEPS = 1 << 29;

    private final QuantizationConfig coding;

    public WeightCoding(QuantizationConfig coding) {
        this.coding = coding;
    }

    /**
     * The codes of a layer's weights. Their scale is never so small that the bias, in steps of
     * {@code inputScale · scale}, would not fit an int32.
     *
     * @param bias of length 0 where the layer has none
     */
    public WeightCodes codes(Tensor weight, float[] bias, float inputScale) {
        if (coding.granularity() == Granularity.PER_TENSOR) {
            float greatest = 0;
            for (float value : bias) {
                greatest = Math.max(greatest, Math.abs(value));
            }
            return new WeightCodes(List.of(code(weight.values(), greatest, inputScale)));
        }
        int outputs = weight.sizes().get(0);
        int perOutput = weight.values().length / outputs;
        List<AffineCode> codes = new ArrayList<>();
        for (int o = 0; o < outputs; o++) {
            float[] channel = Arrays.copyOfRange(weight.values(), o * perOutput, (o + 1) * perOutput);
            codes.add(code(channel, bias.length == 0 ? 0 : Math.abs(bias[o]), inputScale));
        }
        return new WeightCodes(codes);
    }

    private AffineCode code(float[] weights, float bias, float inputScale) {
        Histogram histogram = Histogram.of(weights);
        if (coding.weights() == Symmetry.SYMMETRIC) {
            histogram.add(Histogram.of(
                    negated(weights))); // the code does the same to both, also where all weights have one sign
        }
        Calibrator.Range range = coding.weightCalibrator().range(histogram, coding.weights(), coding.weightBits());
        // Not Symmetry's own choice: weights of one sign must have the zero point 0 too.
        AffineCode code = coding.weights() == Symmetry.SYMMETRIC
                ? AffineCode.symmetric(Math.max(-range.min(), range.max()), coding.weightBits())
                : AffineCode.asymmetric(range.min(), range.max(), coding.weightBits());
        float leastScale = (float) (bias / inputScale / MAX_BIAS_STEPS);
        boolean allZero = range.max() == range.min();
        return (allZero && leastScale > 0) || code.scale() < leastScale
                ? new AffineCode(leastScale, code.zeroPoint(), code.least(), code.greatest())
                : code;
    }

    private static float[] negated(float[] weights) {
        float[] negated = new float[weights.length];
        for (int i = 0; i < weights.length; i++) {
            negated[i] = -weights[i];
        }
        return negated;
    }
}
