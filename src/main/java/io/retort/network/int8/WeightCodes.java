package io.retort.network.int8;

import io.retort.network.ShapeException;
import io.retort.network.Tensor;
import java.io.Serializable;
import java.util.List;

/**
 * The codes of a weight tensor {@code [outputs, ...]}: one for the whole of it, or one for each output channel
 * (Krishnamoorthi 2018, arXiv:1806.08342, section 2.6).
 *
 * @param codes one, or as many as there are output channels
 */
public record WeightCodes(List<AffineCode> codes) implements Serializable {
    public WeightCodes {
        codes = List.copyOf(codes);
        if (codes.isEmpty()) {
            throw new IllegalArgumentException("a weight tensor needs at least one code");
        }
    }

    public boolean perChannel() {
        return codes.size() > 1;
    }

    /** The code of an output channel. */
    public AffineCode of(int channel) {
        return codes.get(codes.size() == 1 ? 0 : channel);
    }

    /** The codes of all values, in the tensor's order. */
    public byte[] quantize(Tensor weight) {
        requireFits(weight);
        float[] values = weight.values();
        int perChannel = values.length / weight.sizes().get(0);
        byte[] quantized = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            quantized[i] = of(i / perChannel).quantize(values[i]);
        }
        return quantized;
    }

    /**
     * The tensor of codes.
     *
     * @param quantized in the tensor's order
     */
    public Tensor dequantize(List<Integer> sizes, byte[] quantized) {
        int perChannel = quantized.length / sizes.get(0);
        float[] values = new float[quantized.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = of(i / perChannel).dequantize(quantized[i]);
        }
        return new Tensor(sizes, values);
    }

    /** The tensor as it is read back. */
    public Tensor roundTrip(Tensor weight) {
        return dequantize(weight.sizes(), quantize(weight));
    }

    void requireFits(Tensor weight) {
        if (codes.size() != 1 && codes.size() != weight.sizes().get(0)) {
            throw new ShapeException(
                    "weights " + weight.sizes() + " have " + weight.sizes().get(0) + " output channels, but there are "
                            + codes.size() + " codes; there must be 1 or as many");
        }
    }
}
