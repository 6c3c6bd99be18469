package io.retort.compress.lowrank;

import io.retort.network.Layer;
import io.retort.network.Tensor;
import java.util.List;

/**
 * {@code W [outputs, inputs · kH · kW] ≈ B A}: a convolution with r outputs, then a 1×1 convolution that makes the outputs of those (Zhang, Zou, He, Sun
 * 2015, arXiv:1505.06798, without their data). For a dense layer, two dense layers.
 */
final class ChannelFactorizer implements Factorizer {
    private final Place place;
    private final Spectrum spectrum;

    ChannelFactorizer(Place place) {
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
    public List<Piece> pieces(List<Integer> ranks) {
        int rank = ranks.get(0);
        double[][] first = spectrum.rightHalf(rank);
        Piece reads;
        if (place.layer() instanceof Layer.Conv conv) {
            float[] values = new float[rank * spectrum.columns()];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) first[i / spectrum.columns()][i % spectrum.columns()];
            }
            reads = new Piece(
                    ".basis",
                    new Layer.Conv(rank, conv.window(), Layer.Bias.NONE),
                    new Tensor(List.of(rank, place.inputs(), place.kernelHeight(), place.kernelWidth()), values));
        } else {
            reads = Piece.mixing(".basis", place, first, Layer.Bias.NONE);
        }
        return List.of(reads, Piece.mixing("", place, Spectrum.transposed(spectrum.leftHalf(rank)), place.bias()));
    }
}
