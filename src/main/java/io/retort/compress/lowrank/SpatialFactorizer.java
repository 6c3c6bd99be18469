package io.retort.compress.lowrank;

import io.retort.network.Layer;
import java.util.List;

/**
 * {@code W [inputs · kH, outputs · kW] ≈ A B}: a kH×1 convolution with r outputs, then a 1×kW convolution (Jaderberg, Vedaldi, Zisserman 2014, scheme 2,
 * arXiv:1405.3866; in closed form Tai et al. 2016, arXiv:1511.06067).
 */
final class SpatialFactorizer implements Factorizer {
    private final WeightedLayer place;
    private final Spectrum spectrum;

    SpatialFactorizer(WeightedLayer place) {
        this.place = place;
        this.spectrum = Spectrum.of(place.byInputAndRow());
    }

    @Override
    public List<Spectrum> spectra() {
        return List.of(spectrum);
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
        int inputs = place.inputs();
        int outputs = place.outputs();
        int height = place.kernelHeight();
        int width = place.kernelWidth();
        double[][] left = spectrum.leftHalf(rank);
        double[][] right = spectrum.rightHalf(rank);
        float[] columns = new float[rank * inputs * height];
        float[] rows = new float[outputs * rank * width];
        for (int r = 0; r < rank; r++) {
            for (int j = 0; j < inputs * height; j++) {
                columns[r * inputs * height + j] = (float) left[r][j];
            }
            for (int o = 0; o < outputs; o++) {
                for (int x = 0; x < width; x++) {
                    rows[(o * rank + r) * width + x] = (float) right[r][o * width + x];
                }
            }
        }
        List<Factor.Form> forms = forms(ranks);
        return List.of(forms.get(0).with(columns), forms.get(1).with(rows));
    }
}
