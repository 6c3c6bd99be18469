package io.retort.compress.lowrank;

import io.retort.compress.lowrank.Factorizer.Factor;
import io.retort.network.Layer;
import java.util.List;

/** Cuts the weight, as one matrix, in two: the halves of its {@link Spectrum}. */
abstract class MatrixFactorizer implements Factorizer {
    final WeightedLayer place;
    final Spectrum spectrum;

    private MatrixFactorizer(WeightedLayer place, double[][] matrix) {
        this.place = place;
        this.spectrum = Spectrum.of(matrix);
    }

    @Override
    public List<Spectrum> spectra() {
        return List.of(spectrum);
    }

    /**
     * {@code W [outputs, inputs · kH · kW] ≈ B A}: a convolution with r outputs, then a 1×1 convolution that makes
     * the outputs of those (Zhang, Zou, He, Sun 2015, arXiv:1505.06798, without their data). For a dense layer, two
     * dense layers.
     */
    static final class ByChannel extends MatrixFactorizer {
        ByChannel(WeightedLayer place) {
            super(place, place.byOutput());
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

    /**
     * {@code W [inputs · kH, outputs · kW] ≈ A B}: a kH×1 convolution with r outputs, then a 1×kW convolution
     * (Jaderberg, Vedaldi, Zisserman 2014, scheme 2, arXiv:1405.3866; in closed form Tai et al. 2016,
     * arXiv:1511.06067).
     */
    static final class BySpace extends MatrixFactorizer {
        BySpace(WeightedLayer place) {
            super(place, place.byInputAndRow());
        }

        @Override
        public long macs(List<Integer> ranks) {
            return ranks.get(0) * (place.betweenPixels() * spectrum.rows() + place.outputPixels() * spectrum.columns());
        }

        @Override
        public List<Factor.Form> forms(List<Integer> ranks) {
            int rank = ranks.get(0);
            return List.of(
                    new Factor.Form(
                            ".column",
                            new Layer.Conv(rank, Factor.down(place.window()), Layer.Bias.NONE),
                            List.of(rank, place.inputs(), place.kernelHeight(), 1)),
                    new Factor.Form(
                            "",
                            new Layer.Conv(place.outputs(), Factor.along(place.window()), place.bias()),
                            List.of(place.outputs(), rank, 1, place.kernelWidth())));
        }

        @Override
        public List<Factor> pieces(List<Integer> ranks) {
            int rank = ranks.get(0);
            int width = place.kernelWidth();
            double[][] right = spectrum.rightHalf(rank);
            float[] rows = new float[place.outputs() * rank * width];
            for (int i = 0; i < rows.length; i++) {
                int output = i / width / rank;
                rows[i] = (float) right[i / width % rank][output * width + i % width];
            }
            List<Factor.Form> forms = forms(ranks);
            return List.of(
                    forms.get(0).with(spectrum.leftHalf(rank)), forms.get(1).with(rows));
        }
    }
}
