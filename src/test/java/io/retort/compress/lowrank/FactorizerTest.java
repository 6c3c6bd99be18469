package io.retort.compress.lowrank;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.retort.compress.lowrank.Factorizer.Factor;
import io.retort.network.Layer;
import io.retort.network.Layer.Bias;
import io.retort.network.Shape;
import io.retort.network.Tensor;
import io.retort.network.Window;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each factorisation against the weight that it is of. */
class FactorizerTest {
    /** Of a weight that is rounded to float32 in each factor. */
    private static final double ROUNDING = 1e-5;

    /** A factorizer with the layer that it is of. */
    record Case(WeightedLayer place, Factorizer factorizer) {}

    static Stream<Case> ofOneMatrix() {
        WeightedLayer dense = dense(5, 7, random(List.of(5, 7), 4).values());
        return Stream.concat(
                Stream.of(new Case(dense, new MatrixFactorizer.ByChannel(dense))),
                places().flatMap(place -> Stream.of(
                        new Case(place, new MatrixFactorizer.ByChannel(place)),
                        new Case(place, new MatrixFactorizer.BySpace(place)))));
    }

    static Stream<Case> all() {
        return Stream.concat(ofOneMatrix(), places().map(place -> new Case(place, new TuckerFactorizer(place))));
    }

    static Stream<WeightedLayer> places() {
        return Stream.of(
                convolution(6, 4, Window.same(3), 8),
                convolution(3, 7, new Window(3, 3, 2, 2, 1, 1), 9),
                convolution(5, 4, Window.valid(5, 1), 7),
                convolution(4, 4, new Window(1, 3, 1, 2, 0, 1), 6));
    }

    private static WeightedLayer convolution(int outputs, int inputs, Window window, int size) {
        Shape input = Shape.image(inputs, size, size);
        Tensor weight = random(List.of(outputs, inputs, window.kernelHeight(), window.kernelWidth()), 3);
        return new WeightedLayer(
                new Layer.Conv(outputs, window, Bias.NONE), weight, input, window.output(outputs, input));
    }

    private static WeightedLayer dense(int outputs, int inputs, float... values) {
        return new WeightedLayer(
                new Layer.Dense(outputs, Bias.NONE),
                new Tensor(List.of(outputs, inputs), values),
                Shape.vector(inputs),
                Shape.vector(outputs));
    }

    private static Tensor random(List<Integer> sizes, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] values = new float[sizes.stream().reduce(1, (a, b) -> a * b)];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return new Tensor(sizes, values);
    }

    private static double error(WeightedLayer place, List<Factor> pieces) {
        Kernel product = Kernel.of(pieces, place.inputs());
        assertThat(product.values()).hasSize(place.weight().values().length);
        return product.relativeErrorOf(place.weight());
    }

    @ParameterizedTest
    @MethodSource("all")
    void fullRankIsExact(Case one) {
        assertThat(error(one.place(), one.factorizer().pieces(one.factorizer().fullRanks())))
                .isLessThan(ROUNDING);
    }

    @ParameterizedTest
    @MethodSource("ofOneMatrix")
    void whatAMatrixLosesIsWhatIsCutOff(Case one) {
        double[] values = one.factorizer().spectra().get(0).values();
        for (int rank = 1; rank < values.length; rank++) {
            double lost = Math.sqrt(squares(values, rank) / squares(values, 0)); // Eckart and Young 1936
            assertThat(error(one.place(), one.factorizer().pieces(List.of(rank))))
                    .isCloseTo(lost, within(ROUNDING));
        }
    }

    /** Those from an index on. */
    private static double squares(double[] values, int from) {
        return IntStream.range(from, values.length)
                .mapToDouble(k -> values[k] * values[k])
                .sum();
    }

    @Test
    void theTuckerErrorLiesBetweenThatOfTheWorseMatrixAndThatOfBoth() {
        WeightedLayer place = convolution(6, 4, Window.same(3), 8);
        TuckerFactorizer tucker = new TuckerFactorizer(place);
        double[] in = tucker.spectra().get(0).values();
        double[] out = tucker.spectra().get(1).values();
        double ofInputs = squares(in, 2);
        double ofOutputs = squares(out, 3);
        double error = error(place, tucker.pieces(List.of(2, 3)));
        assertThat(error * error * squares(in, 0))
                .isBetween(Math.max(ofInputs, ofOutputs) - ROUNDING, ofInputs + ofOutputs);
    }

    @Test
    void matchesTheValueWorkedOutByHand() {
        // Singular values 4 and 3; rank 1 keeps the 4, and 3 of √(4² + 3²) = 5 is lost.
        WeightedLayer place = dense(2, 2, 3, 0, 0, 4);
        List<Factor> pieces = new MatrixFactorizer.ByChannel(place).pieces(List.of(1));
        assertThat(error(place, pieces)).isCloseTo(0.6, within(1e-6));
        assertThat(Kernel.of(pieces, 2).values()).containsExactly(new double[] {0, 0, 0, 4}, within(1e-6));
    }

    @Test
    void theRankOfAnEnergyIsTheLeastThatHoldsIt() {
        // Squares 9, 4 and 1 of 14: the first holds 0.643 of them, the first two 0.929.
        Spectrum spectrum = Spectrum.of(new double[][] {{0, 2, 0}, {1, 0, 0}, {0, 0, 3}});
        assertThat(spectrum.values()).containsExactly(new double[] {3, 2, 1}, within(1e-12));
        assertThat(List.of(0.01, 0.64, 0.65, 0.92, 0.93))
                .extracting(spectrum::rankOfEnergy)
                .containsExactly(1, 1, 2, 2, 3);
        assertThat(spectrum.rankOfEnergy(1)).isEqualTo(3);
    }

    /** Vectors are the same but for their sign. */
    @Test
    void leadingVectorsAreThoseOfTheDecomposition() {
        for (int columns : List.of(3, 6, 40)) {
            double[][] matrix = new double[6][columns];
            SplittableRandom random = new SplittableRandom(columns);
            for (double[] row : matrix) {
                Arrays.setAll(row, column -> random.nextGaussian());
            }
            double[][] expected = Spectrum.of(matrix).left(3);
            double[][] actual = Spectrum.leadingLeft(matrix, 3);
            for (int k = 0; k < 3; k++) {
                double sign = Math.signum(expected[k][0] * actual[k][0]);
                for (int i = 0; i < 6; i++) {
                    assertThat(sign * actual[k][i]).isCloseTo(expected[k][i], within(1e-9));
                }
            }
        }
    }

    @Test
    void polyadicFindsTheTermsThatATensorIsMadeOf() {
        WeightedLayer shape = convolution(8, 6, Window.same(3), 8);
        float[] values = new float[8 * 6 * 3 * 3];
        List<Tensor> factors = List.of(
                random(List.of(8, 3), 1), random(List.of(6, 3), 2), random(List.of(3, 3), 3), random(List.of(3, 3), 4));
        for (int i = 0; i < values.length; i++) {
            int[] at = {i / 54, i / 9 % 6, i / 3 % 3, i % 3};
            for (int r = 0; r < 3; r++) {
                double term = 1;
                for (int mode = 0; mode < 4; mode++) {
                    term *= factors.get(mode).values()[at[mode] * 3 + r];
                }
                values[i] += (float) term;
            }
        }
        WeightedLayer place = new WeightedLayer(
                shape.layer(), new Tensor(shape.weight().sizes(), values), shape.input(), shape.output());
        CpFactorizer polyadic = new CpFactorizer(place, 5);
        assertThat(error(place, polyadic.pieces(List.of(3)))).isLessThan(1e-3);
        assertThat(error(place, polyadic.pieces(List.of(2)))).isGreaterThan(0.05);
        assertThat(polyadic.pieces(List.of(3)).get(0).weight())
                .as("the same seed gives the same bits")
                .isEqualTo(new CpFactorizer(place, 5).pieces(List.of(3)).get(0).weight());
    }

    /** A 1×k kernel of 2 outputs and 3 inputs is a sum of at most 6 terms, one for each output and input. */
    @Test
    void polyadicIsExactAtFullRank() {
        WeightedLayer place = convolution(2, 3, new Window(1, 4, 1, 1, 0, 0), 8);
        assertThat(error(place, new CpFactorizer(place, 5).pieces(List.of(6)))).isLessThan(1e-3);
    }

    @Test
    void noiseHasNoRank() {
        double[][] noise = new double[40][100];
        SplittableRandom random = new SplittableRandom(1);
        for (double[] row : noise) {
            for (int i = 0; i < row.length; i++) {
                row[i] = 0.1 * random.nextGaussian();
            }
        }
        assertThat(rank(noise)).isZero();
        // The noise's largest singular value is about 0.1 (√40 + √100) = 1.6; a term of norm 4 stands out, one of
        // norm
        // 0.5 does not.
        for (int term = 0; term < 5; term++) {
            addTerm(noise, 4, random);
        }
        addTerm(noise, 0.5, random);
        assertThat(rank(noise)).isEqualTo(5);
        assertThat(rank(Spectrum.transposed(noise))).isEqualTo(5);
    }

    private static int rank(double[][] matrix) {
        return Evbmf.rank(Spectrum.of(matrix).values(), matrix.length, matrix[0].length);
    }

    private static void addTerm(double[][] matrix, double norm, SplittableRandom random) {
        double[] left = unit(matrix.length, random);
        double[] right = unit(matrix[0].length, random);
        for (int i = 0; i < left.length; i++) {
            for (int j = 0; j < right.length; j++) {
                matrix[i][j] += norm * left[i] * right[j];
            }
        }
    }

    private static double[] unit(int length, SplittableRandom random) {
        double[] values = random.ints(length).mapToDouble(i -> (double) i).toArray();
        double norm = Math.sqrt(IntStream.range(0, length)
                .mapToDouble(i -> values[i] * values[i])
                .sum());
        return IntStream.range(0, length).mapToDouble(i -> values[i] / norm).toArray();
    }
}
