package io.retort.compress.lowrank;

import io.retort.compress.lowrank.Factorizer.Factor;
import io.retort.network.Layer;
import java.util.List;

/**
 * Tucker-2 (Kim et al. 2016, arXiv:1511.06530): a 1×1 convolution to {@code r_in} channels, the kernel between few
 * channels, a 1×1 convolution from {@code r_out} channels.
 * {@code W[o, i, y, x] ≈ Σ U_out[o, q] · C[q, p, y, x] · U_in[i, p]} with orthonormal columns.
 *
 * <p>The factors begin as singular vectors of the two unfoldings and are improved in turn, each by the best for the
 * other (higher-order orthogonal iteration: De Lathauwer, De Moor, Vandewalle 2000).
 */
final class TuckerFactorizer implements Factorizer {
    private static final int ITERATIONS = 5;

    private final WeightedLayer place;
    private final Spectrum byInput;
    private final Spectrum byOutput;

    TuckerFactorizer(WeightedLayer place) {
        this.place = place;
        this.byInput = Spectrum.of(place.byInput());
        this.byOutput = Spectrum.of(place.byOutput());
    }

    /** Inputs, then outputs. */
    @Override
    public List<Spectrum> spectra() {
        return List.of(byInput, byOutput);
    }

    @Override
    public long macs(List<Integer> ranks) {
        long in = in(ranks);
        long out = out(ranks);
        return place.inputPixels() * place.inputs() * in
                + place.outputPixels() * (in * out * place.kernelArea() + out * place.outputs());
    }

    @Override
    public List<Integer> possible(List<Integer> ranks) {
        return List.of(in(ranks), out(ranks));
    }

    /** No factor can have more columns than the other leaves room for. */
    private int in(List<Integer> ranks) {
        return Math.min(ranks.get(0), ranks.get(1) * place.kernelArea());
    }

    private int out(List<Integer> ranks) {
        return Math.min(ranks.get(1), in(ranks) * place.kernelArea());
    }

    @Override
    public List<Factor.Form> forms(List<Integer> ranks) {
        int in = in(ranks);
        int out = out(ranks);
        return List.of(
                Factor.Form.mixing(".input", place, in, place.inputs(), Layer.Bias.NONE),
                new Factor.Form(
                        ".core",
                        new Layer.Conv(out, place.window(), Layer.Bias.NONE),
                        List.of(out, in, place.kernelHeight(), place.kernelWidth())),
                Factor.Form.mixing("", place, place.outputs(), out, place.bias()));
    }

    @Override
    public List<Factor> pieces(List<Integer> ranks) {
        int area = place.kernelArea();
        int in = in(ranks);
        int out = out(ranks);
        double[][] ofInputs = Spectrum.leadingLeft(place.byInput(), in);
        double[][] ofOutputs = Spectrum.leadingLeft(place.byOutput(), out);
        for (int i = 0; i < ITERATIONS; i++) {
            ofOutputs = Spectrum.leadingLeft(outputUnfolding(ofInputs), out);
            ofInputs = Spectrum.leadingLeft(inputUnfolding(ofOutputs), in);
        }
        double[][] projected = outputUnfolding(ofInputs);
        float[] core = new float[out * in * area];
        for (int q = 0; q < out; q++) {
            for (int j = 0; j < in * area; j++) {
                double sum = 0;
                for (int o = 0; o < place.outputs(); o++) {
                    sum += ofOutputs[q][o] * projected[o][j];
                }
                core[q * in * area + j] = (float) sum;
            }
        }
        List<Factor.Form> forms = forms(ranks);
        return List.of(
                forms.get(0).with(ofInputs),
                forms.get(1).with(core),
                forms.get(2).with(Spectrum.transposed(ofOutputs)));
    }

    /** {@code [outputs, p · kH · kW]}: the weight with its inputs projected. */
    private double[][] outputUnfolding(double[][] ofInputs) {
        int area = place.kernelArea();
        double[][] unfolded = new double[place.outputs()][ofInputs.length * area];
        float[] weight = place.weight().values();
        for (int o = 0; o < place.outputs(); o++) {
            for (int p = 0; p < ofInputs.length; p++) {
                for (int i = 0; i < place.inputs(); i++) {
                    for (int cell = 0; cell < area; cell++) {
                        unfolded[o][p * area + cell] += ofInputs[p][i] * weight[(o * place.inputs() + i) * area + cell];
                    }
                }
            }
        }
        return unfolded;
    }

    /** {@code [inputs, q · kH · kW]}: the weight with its outputs projected. */
    private double[][] inputUnfolding(double[][] ofOutputs) {
        int area = place.kernelArea();
        double[][] unfolded = new double[place.inputs()][ofOutputs.length * area];
        float[] weight = place.weight().values();
        for (int q = 0; q < ofOutputs.length; q++) {
            for (int o = 0; o < place.outputs(); o++) {
                for (int i = 0; i < place.inputs(); i++) {
                    for (int cell = 0; cell < area; cell++) {
                        unfolded[i][q * area + cell] +=
                                ofOutputs[q][o] * weight[(o * place.inputs() + i) * area + cell];
                    }
                }
            }
        }
        return unfolded;
    }
}
