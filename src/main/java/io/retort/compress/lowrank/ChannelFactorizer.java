package io.retort.compress.lowrank;

import io.retort.network.Layer;
import java.util.List;

/**
 * {@code W [outputs, inputs · kH · kW] ≈ B A}: a convolution with r outputs, then a 1×1 convolution that makes the outputs of those (Zhang, Zou, He, Sun
 * 2015, arXiv:1505.06798, without their data). For a dense layer, two dense layers.
 */
final class ChannelFactorizer implements Factorizer {
    private final WeightedLayer place;
    private final Spectrum spectrum;

    ChannelFactorizer(WeightedLayer place) {
        this.place = place;
        this.spectrum = Spectrum.of(place.byOutput());
    }

    @Override
    public List<Spectrum> spectra() {
        return List.of(spectrum);
    }

    @Override
    public long macs(List<Integer> ranks) {
        return place.outputPixels() * ranks.get(0) * (spectrum.rows() + spectrum.columns());
    }

    @Override
    public List<Factor.Form> forms(List<Integer> ranks) {
        int rank = ranks.get(0);
        Factor.Form reads = place.layer() instanceof Layer.Conv conv
                ? new Factor.Form(
                        ".basis",
                        new Layer.Conv(rank, conv.window(), Layer.Bias.NONE),
                        List.of(rank, place.inputs(), place.kernelHeight(), place.kernelWidth()))
                : Factor.Form.mixing(".basis", place, rank, place.inputs(), Layer.Bias.NONE);
        return List.of(reads, Factor.Form.mixing("", place, place.outputs(), rank, place.bias()));
    }

    @Override
    public List<Factor> pieces(List<Integer> ranks) {
        int rank = ranks.get(0);
        List<Factor.Form> forms = forms(ranks);
        return List.of(
                forms.get(0).with(spectrum.rightHalf(rank)),
                forms.get(1).with(Spectrum.transposed(spectrum.leftHalf(rank))));
    }
}
