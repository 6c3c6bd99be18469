package io.retort.data.encode;

import io.retort.data.encode.EncodedModel.OutputReading;
import io.retort.engine.Tap;
import io.retort.network.Shape;
import io.retort.predict.Predictor.Outputs;
import io.retort.storage.Digest;
import java.util.ArrayList;
import java.util.List;

/**
 * The values of taps, side by side, out of tensors {@code [rows, features]} or {@code [rows, channels, height, width]}.
 */
public record TapOutput(ArrayList<Tap> taps) implements OutputReading {
    @Override
    public List<String> outputs() {
        return taps.stream().map(Tap::node).distinct().toList();
    }

    @Override
    public float[] read(Outputs outputs) {
        int width = taps.stream().mapToInt(tap -> tap.shape().elements()).sum();
        float[] values = new float[Math.multiplyExact(outputs.rows(), width)];
        int at = 0;
        for (Tap tap : taps) {
            float[] tensor = outputs.of(tap.node());
            for (int row = 0; row < outputs.rows(); row++) {
                read(tap, tensor, row * tap.source().elements(), values, row * width + at);
            }
            at += tap.shape().elements();
        }
        return values;
    }

    @Override
    public boolean nodeByNode() {
        return true;
    }

    @Override
    public void addTo(Digest digest) {
        digest.add("tap-output/1").addTexts(taps.stream().map(Tap::name).toList());
    }

    private static void read(Tap tap, float[] tensor, int from, float[] values, int at) {
        boolean isAttention = tap.reading() == Tap.Reading.ATTENTION;
        Shape source = tap.source();
        int plane = source.height() * source.width();
        int grid = tap.shape().height() * tap.shape().width();
        for (int c = 0; c < source.channels(); c++) {
            int to = isAttention ? at : at + c * grid;
            for (int i = 0; i < plane; i++) {
                float value = tensor[from + c * plane + i];
                int cell = i
                                / source.width()
                                * tap.shape().height()
                                / source.height()
                                * tap.shape().width()
                        + i % source.width() * tap.shape().width() / source.width();
                values[to + cell] += isAttention ? value * value : value;
            }
        }
        float averaged = (float) plane / grid * (isAttention ? source.channels() : 1);
        double squares = 0;
        for (int i = at; i < at + tap.shape().elements(); i++) {
            values[i] /= averaged;
            squares += (double) values[i] * values[i];
        }
        if (isAttention) {
            float norm = (float) Math.max(Math.sqrt(squares), Float.MIN_NORMAL);
            for (int i = at; i < at + tap.shape().elements(); i++) {
                values[i] /= norm;
            }
        }
    }
}
