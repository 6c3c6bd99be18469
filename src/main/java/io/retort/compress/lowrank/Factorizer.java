package io.retort.compress.lowrank;

import io.retort.network.Layer;
import io.retort.network.Tensor;
import io.retort.network.Window;
import java.util.List;

/** One way to write the weight of one layer as a product of smaller ones. */
interface Factorizer {
    /**
     * The matrices that it cuts, one for each of its ranks, decomposed when their values are first needed; none where
     * its rank belongs to no matrix.
     */
    List<Spectrum> spectra();

    /** The full ranks: those of the matrices that it cuts. */
    default List<Integer> fullRanks() {
        return spectra().stream().map(Spectrum::fullRank).toList();
    }

    /** The effective ranks, where one of these limits another. */
    default List<Integer> possible(List<Integer> ranks) {
        return ranks;
    }

    /** MACs for one sample of the layers of these ranks. */
    long macs(List<Integer> ranks);

    /** The layers of these ranks, first to last; weights do not matter. */
    List<Factor.Form> forms(List<Integer> ranks);

    /** Those layers with their weights. */
    List<Factor> pieces(List<Integer> ranks);

    /**
     * A layer of a product.
     *
     * @param suffix of its name; that of the last is empty, for it takes the name of the layer that the product
     *     replaces
     */
    record Factor(String suffix, Layer layer, Tensor weight) {
        /**
         * A piece without its weights.
         *
         * @param sizes of the weight
         */
        record Form(String suffix, Layer layer, List<Integer> sizes) {
            /** A 1×1 convolution or a dense layer that reads all channels. */
            static Form mixing(String suffix, WeightedLayer place, int outputs, int inputs, Layer.Bias bias) {
                return place.layer() instanceof Layer.Conv
                        ? new Form(
                                suffix, new Layer.Conv(outputs, Window.same(1), bias), List.of(outputs, inputs, 1, 1))
                        : new Form(suffix, new Layer.Dense(outputs, bias), List.of(outputs, inputs));
            }

            long weights() {
                return sizes.stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact);
            }

            Factor with(float[] values) {
                return new Factor(suffix, layer, new Tensor(sizes, values));
            }

            /** @param weight row by row */
            Factor with(double[][] weight) {
                int columns = weight[0].length;
                float[] values = new float[weight.length * columns];
                for (int i = 0; i < values.length; i++) {
                    values[i] = (float) weight[i / columns][i % columns];
                }
                return with(values);
            }
        }

        /** The kernel's column of a window: its height, and nothing of its width. */
        static Window down(Window window) {
            return new Window(
                    window.kernelHeight(),
                    1,
                    window.strideHeight(),
                    1,
                    window.paddingHeight(),
                    0,
                    window.dilationHeight(),
                    1);
        }

        /** The kernel's row of a window. */
        static Window along(Window window) {
            return new Window(
                    1,
                    window.kernelWidth(),
                    1,
                    window.strideWidth(),
                    0,
                    window.paddingWidth(),
                    1,
                    window.dilationWidth());
        }
    }
}
