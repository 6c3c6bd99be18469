package io.retort.data.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.retort.data.DataType;
import io.retort.data.Labels;
import io.retort.data.Samples;
import io.retort.data.Schema;
import io.retort.network.InputScaling;
import io.retort.network.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a network gets of columns, whatever their unit and wherever their zero is. */
class StandardisationTest {
    private static final int ROWS = 503;
    private static final double FLOAT = 3e-6;

    /** Whole numbers from 0 to 15, mostly small ones. */
    private static final int[] WHOLE =
            new SplittableRandom(3).ints(ROWS, 0, 16).map(x -> x * x / 15).toArray();

    /** A data set of one column, in shards of 1, 2, 3 ... rows. */
    private static Dataset column(float[] values) {
        Schema schema = new Schema(Shape.vector(1), DataType.FLOAT32, List.of("no", "yes"));
        List<Shard> shards = new ArrayList<>();
        for (int from = 0, size = 1; from < values.length; from += size, size++) {
            int count = Math.min(size, values.length - from);
            byte[] features = new byte[count * Float.BYTES];
            schema.element().encode(values, from, features, 0, count);
            shards.add(TestShards.of(new Samples(schema, new long[count], Labels.ofClasses(new int[count]), features)));
        }
        return new Dataset(schema, shards);
    }

    private static float[] scaled(float[] values) {
        float[] scaled = values.clone();
        column(values).standardisation().apply(scaled, Shape.vector(1));
        return scaled;
    }

    private static float[] column(double zero, double unit) {
        float[] values = new float[ROWS];
        for (int i = 0; i < ROWS; i++) {
            values[i] = (float) (zero + unit * WHOLE[i]);
        }
        return values;
    }

    /** Of the whole numbers, by another formula. */
    private static double[] expected() {
        double mean = IntStream.of(WHOLE).average().orElseThrow();
        double deviation = Math.sqrt(IntStream.of(WHOLE)
                .mapToDouble(x -> (x - mean) * (x - mean))
                .average()
                .orElseThrow());
        return IntStream.of(WHOLE).mapToDouble(x -> (x - mean) / deviation).toArray();
    }

    static Stream<Double> units() {
        return Stream.concat(
                IntStream.rangeClosed(-30, 30).mapToObj(power -> Math.pow(10, power)),
                Stream.of(1e-7, -1.0, 0.3, 0x1p-149, 1e-41, 1e-38, 2e37)); // the last: 15 of them are nearly the most
    }

    @ParameterizedTest
    @MethodSource("units")
    void aChangeOfUnitChangesNothing(double unit) {
        float[] scaled = scaled(column(0, unit));
        double[] expected = expected();
        for (int i = 0; i < ROWS; i++) {
            // 10^-41 has 13 bits where floats end
            assertThat((double) scaled[i])
                    .isCloseTo(Math.signum(unit) * expected[i], within(unit == 1e-41 ? 1e-3 : FLOAT));
        }
    }

    static Stream<List<Double>> zeros() {
        return Stream.of(
                List.of(1e9, 64.0), // as far apart as floats are there
                List.of(-1e9, 64.0),
                List.of(1.6777216e7, 2.0),
                List.of(1.7e18, 0x1p38),
                List.of(1e4, 1.0),
                List.of(1.0, 0x1p-23));
    }

    @ParameterizedTest
    @MethodSource("zeros")
    void aSmallVariationAboutALargeNumberIsKept(List<Double> zeroAndUnit) {
        float zero = zeroAndUnit.get(0).floatValue();
        float[] scaled = scaled(column(zero, zeroAndUnit.get(1)));
        double[] expected = expected();
        for (int i = 0; i < ROWS; i++) {
            assertThat((double) scaled[i])
                    .isCloseTo(expected[i], within(2e-4)); // a mean may lack 1/4096 of a deviation
        }
    }

    @Test
    void onlyAColumnOfOneValueIsConstant() {
        for (float value : new float[] {0, 1e-40f, 0.1f, 3.3e9f, -7e37f}) {
            float[] same = new float[ROWS];
            Arrays.fill(same, value);
            InputScaling scaling = column(same).standardisation();
            assertThat(scaling.mean()).containsExactly((double) value);
            assertThat(scaling.deviation()).containsExactly(1.0);
            assertThat(scaled(same)).containsOnly(0);
            same[77] = Math.nextUp(value);
            assertThat(column(same).standardisation().deviation().get(0))
                    .isCloseTo(deviation(value), within(1e-6 * deviation(value)));
        }
    }

    /** Of one in 503 that is a step higher. */
    private static double deviation(float value) {
        double share = 1.0 / ROWS;
        return ((double) Math.nextUp(value) - value) * Math.sqrt(share * (1 - share));
    }
}
