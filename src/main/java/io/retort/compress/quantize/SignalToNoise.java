package io.retort.compress.quantize;

import io.retort.compress.Calibration;
import io.retort.data.Samples;
import io.retort.data.View;
import io.retort.engine.onnx.write.OnnxTaps;
import io.retort.evaluate.Task;
import io.retort.network.Network;
import io.retort.network.int8.Quantization;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * How near the simulated logits of a quantized network are to those in float32.
 *
 * @param signal Σ of the squared float32 logits
 * @param error Σ of the squared differences
 * @param agreed samples of which both have the same greatest logit
 */
public record SignalToNoise(double signal, double error, long agreed, long samples) implements Serializable {
    /** Signal to quantization noise: {@code 10 · log₁₀(signal / error)}; greater is better, 6 dB are one bit. */
    public double decibels() {
        return 10 * Math.log10(signal / error);
    }

    double agreement() {
        return samples == 0 ? 1 : (double) agreed / samples;
    }

    private SignalToNoise plus(SignalToNoise other) {
        return new SignalToNoise(
                signal + other.signal, error + other.error, agreed + other.agreed, samples + other.samples);
    }

    /** One for each of these parts of a network's quantization, measured over training samples on the executors. */
    public static List<SignalToNoise> of(
            Quantizer.Quantized network, List<Quantization> quantizations, Calibration calibration, int samples) {
        ArrayList<Quantization> all = new ArrayList<>(quantizations);
        List<ArrayList<SignalToNoise>> parts =
                calibration.perPortion(network, samples, (shared, portion) -> measure(shared, all, portion));
        List<SignalToNoise> total = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            int at = i;
            total.add(parts.stream()
                    .map(part -> part.get(at))
                    .reduce(new SignalToNoise(0, 0, 0, 0), SignalToNoise::plus));
        }
        return total;
    }

    private static ArrayList<SignalToNoise> measure(
            Quantizer.Quantized network, List<Quantization> quantizations, Samples samples) {
        String output = network.exact().structure().output().name();
        List<float[]> expected = new ArrayList<>();
        try (OnnxTaps taps = OnnxTaps.of(network.exact(), List.of(output))) {
            samples.forEachBatch(
                    View.plain(),
                    Calibration.BATCH,
                    (rows, from, count) -> expected.add(taps.values(rows, count).get(output)));
        }
        Task task = Task.of(samples.schema().target());
        ArrayList<SignalToNoise> measured = new ArrayList<>();
        for (Quantization quantization : quantizations) {
            List<SignalToNoise> batches = new ArrayList<>();
            Network prepared = network.prepared(quantization.weights().keySet());
            try (OnnxTaps taps = OnnxTaps.of(prepared, quantization, List.of(output))) {
                samples.forEachBatch(
                        View.plain(),
                        Calibration.BATCH,
                        (rows, from, count) -> batches.add(between(
                                task,
                                expected.get(batches.size()),
                                taps.values(rows, count).get(output),
                                count)));
            }
            measured.add(batches.stream().reduce(new SignalToNoise(0, 0, 0, 0), SignalToNoise::plus));
        }
        return measured;
    }

    static SignalToNoise between(Task task, float[] expected, float[] actual, int samples) {
        double signal = 0;
        double error = 0;
        long agreed = 0;
        for (int i = 0; i < expected.length; i++) {
            signal += (double) expected[i] * expected[i];
            error += ((double) expected[i] - actual[i]) * ((double) expected[i] - actual[i]);
        }
        for (int row = 0; row < samples; row++) {
            agreed += task.agree(actual, expected, row) ? 1 : 0;
        }
        return new SignalToNoise(signal, error, agreed, samples);
    }
}
