package io.retort.network.compact;

import static org.assertj.core.api.Assertions.assertThat;

import io.retort.network.BatchNormFolding;
import io.retort.network.Layer;
import io.retort.network.Layer.Bias;
import io.retort.network.Network;
import io.retort.network.RandomNetworks;
import io.retort.network.Shape;
import io.retort.network.Structure;
import io.retort.network.Structure.Node;
import io.retort.network.Tensor;
import io.retort.network.TokenLayer;
import io.retort.network.Vocabulary;
import io.retort.network.compact.CompactFile.Contents;
import io.retort.network.compact.CompactFile.FloatFormat;
import io.retort.network.compact.CompactFile.Sizes;
import io.retort.network.int8.AffineCode;
import io.retort.network.int8.Quantization;
import io.retort.network.int8.WeightCodes;
import io.retort.network.zoo.Architecture;
import io.retort.network.zoo.PlainNetwork.Mlp;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class CompactFileTest {
    private static final CompactFile.Form EXACT = new CompactFile.Form(FloatFormat.FLOAT32, EntropyCoding.HUFFMAN);
    private static final CompactFile.Form HALVES = new CompactFile.Form(FloatFormat.FLOAT16, EntropyCoding.HUFFMAN);

    /** Every layer with a weight and a plain input in int8: per channel, or with one code whose zero point is not 0. */
    static Quantization quantization(Network network, int bits) {
        Map<String, AffineCode> values = new HashMap<>();
        Map<String, WeightCodes> weights = new HashMap<>();
        for (Node node : network.structure().nodes()) {
            Tensor weight = network.parameters().get(node.parameter("weight"));
            if (weight == null || node.layer() instanceof TokenLayer) {
                continue;
            }
            values.put(node.inputs().get(0), AffineCode.asymmetric(-0.3, 2 + weights.size(), 8));
            weights.put(node.name(), weights.size() % 3 == 2 ? one(weight, bits) : perChannel(weight, bits));
        }
        return new Quantization(values, weights);
    }

    private static WeightCodes one(Tensor weight, int bits) {
        return new WeightCodes(List.of(AffineCode.asymmetric(-1, greatest(weight.values()), bits)));
    }

    private static WeightCodes perChannel(Tensor weight, int bits) {
        int channels = weight.sizes().get(0);
        int each = weight.values().length / channels;
        List<AffineCode> codes = new ArrayList<>();
        for (int c = 0; c < channels; c++) {
            codes.add(AffineCode.symmetric(
                    greatest(Arrays.copyOfRange(weight.values(), c * each, (c + 1) * each)), bits));
        }
        return new WeightCodes(codes);
    }

    private static float greatest(float[] values) {
        float greatest = 0;
        for (float value : values) {
            greatest = Math.max(greatest, Math.abs(value));
        }
        return greatest;
    }

    /** With some part of the weights set to 0, another one in each layer. */
    static Network sparse(Network network, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Map<String, Tensor> parameters = new HashMap<>();
        network.parameters().forEach((name, tensor) -> {
            double part = random.nextInt(5) / 4.0;
            float[] values = tensor.values().clone();
            for (int i = 0; i < values.length && name.endsWith("/weight"); i++) {
                values[i] = random.nextDouble() < part ? 0 : values[i];
            }
            parameters.put(name, new Tensor(tensor.sizes(), values));
        });
        return new Network(network.structure(), parameters);
    }

    static Network dense(int seed, Integer... hidden) {
        return RandomNetworks.of(new Mlp(List.of(hidden)).build(Shape.image(1, 28, 28), 10), seed);
    }

    private static Contents read(byte[] bytes) {
        return CompactFile.read(bytes, CompactFile.DEFAULT_MAX_BYTES, "n.compact");
    }

    private static void assertReadsBack(Network network, Quantization quantization) {
        for (FloatFormat format : FloatFormat.values()) {
            Network rounded = CompactFile.rounded(network, quantization, format);
            for (EntropyCoding coding : EntropyCoding.values()) {
                CompactFile.Form form = new CompactFile.Form(format, coding);
                byte[] bytes = CompactFile.bytes(network, quantization, form);
                assertThat(read(bytes)).as(form.title()).isEqualTo(new Contents(rounded, quantization));
                assertThat(CompactFile.bytes(rounded, quantization, form))
                        .as("what was read is written as it was")
                        .isEqualTo(bytes);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("io.retort.network.zoo.ArchitecturesTest#examples")
    void holdsWhatIsLeftOfEveryNetwork(Architecture settings) {
        Network network = sparse(RandomNetworks.of(settings.build(Shape.image(3, 32, 32), 7), 1), 2);
        assertReadsBack(network, Quantization.none());
        Network folded = BatchNormFolding.fold(network);
        assertReadsBack(folded, quantization(folded, 5));
    }

    @ParameterizedTest
    @MethodSource("io.retort.network.zoo.ArchitecturesTest#textExamples")
    void holdsWhatIsLeftOfNetworksForTexts(Architecture settings) {
        Network network = RandomNetworks.of(settings.buildForTexts(Vocabulary.standIn(20), 9, 7), 3);
        assertReadsBack(network, Quantization.none());
        assertReadsBack(network, quantization(network, 8));
    }

    @Test
    void aFloat32FileIsExactToTheSignOfZero() {
        Network network = dense(1, 3);
        float[] odd = {-0f, Float.NaN, Float.POSITIVE_INFINITY, Float.MIN_VALUE};
        float[] values = network.parameter("logits/weight").values().clone();
        System.arraycopy(odd, 0, values, 0, odd.length);
        Network changed = with(network, "logits/weight", values);
        assertThat(read(CompactFile.bytes(changed, Quantization.none(), EXACT)).network())
                .isEqualTo(changed);
    }

    @Test
    void aTensorWithoutHalvesStaysFloat32() {
        Network network = dense(1, 3);
        float[] values = network.parameter("logits/weight").values().clone();
        values[5] = 70_000;
        Network wide = with(network, "logits/weight", values);
        Network read =
                read(CompactFile.bytes(wide, Quantization.none(), HALVES)).network();
        assertThat(read.parameter("logits/weight")).isEqualTo(wide.parameter("logits/weight"));
        assertThat(read.parameter("hidden1.dense/weight"))
                .isEqualTo(FloatFormat.FLOAT16.roundTrip(network.parameter("hidden1.dense/weight")))
                .isNotEqualTo(network.parameter("hidden1.dense/weight"));
    }

    @Test
    void halvesTakeHalfOfTheNumbers() {
        Network network = dense(2, 300, 100);
        CompactFile.Form plain = new CompactFile.Form(FloatFormat.FLOAT16, EntropyCoding.NONE);
        // 266,610 numbers of 2 bytes; the structure and the lengths of parts are the rest
        long bytes = CompactFile.bytes(network, Quantization.none(), plain).length;
        assertThat(bytes).isBetween(2 * 266_610L, 2 * 266_610L + 2_000);
    }

    /**
     * The size that Deep Compression reckons with: {@code H(p)} bits for each place, p the part that is not 0, and for
     * each weight that is not 0 the entropy of its code.
     */
    @Test
    void codesComeNearTheirEntropy() {
        Network network = dense(3, 300, 100);
        SplittableRandom random = new SplittableRandom(5);
        Map<String, Tensor> parameters = new HashMap<>(network.parameters());
        parameters.replaceAll((name, tensor) -> {
            float[] values = tensor.values().clone();
            for (int i = 0; i < values.length && name.endsWith("/weight"); i++) {
                values[i] = random.nextDouble() < 0.92 ? 0 : values[i];
            }
            return new Tensor(tensor.sizes(), values);
        });
        Network sparse = new Network(network.structure(), parameters);
        Quantization quantization = quantization(sparse, 5);
        double bits = 0;
        for (Node node : sparse.structure().nodes()) {
            WeightCodes codes = quantization.weights().get(node.name());
            if (codes != null) {
                bits += entropy(codes.quantize(sparse.parameter(node.parameter("weight"))));
            }
        }
        Sizes sizes = CompactFile.sizes(sparse, quantization, HALVES);
        // Scales, biases, ranges, tables and the structure take some 3,000 bytes, Huffman's whole bits a few
        // hundredths.
        assertThat(sizes.coded()).isBetween((long) (bits / 8), (long) (1.08 * bits / 8) + 4_000);
        assertThat(sizes.coded()).isLessThan(sizes.uncoded());
        assertThat(sizes.uncoded()).isLessThan(sizes.dense());
        assertThat(sizes.dense()).isGreaterThan(266_200);
        assertThat(4.0 * 266_610 / sizes.coded())
                .as("times smaller than float32")
                .isGreaterThan(35);
    }

    /** Of all symbols, in bits. */
    private static double entropy(byte[] symbols) {
        int[] counts = new int[256];
        for (byte symbol : symbols) {
            counts[symbol & 0xFF]++;
        }
        return Arrays.stream(counts)
                .filter(count -> count > 0)
                .mapToDouble(count -> count * Math.log((double) symbols.length / count) / Math.log(2))
                .sum();
    }

    @Test
    void everyLayoutOfZerosIsTheShortestSomewhere() {
        // 392 inputs and an output each: as they are; every second one; one in 300
        for (int distance : List.of(1, 2, 300)) {
            Structure structure = Structure.from(Shape.vector(392))
                    .then("logits", new Layer.Dense(10, Bias.NONE))
                    .build();
            Network network = RandomNetworks.of(structure, 1);
            float[] values = network.parameter("logits/weight").values().clone();
            for (int i = 0; i < values.length; i++) {
                values[i] = i % distance == 0 ? values[i] : 0;
            }
            CompactFile.Form plain = new CompactFile.Form(FloatFormat.FLOAT32, EntropyCoding.NONE);
            byte[] bytes = CompactFile.bytes(with(network, "logits/weight", values), Quantization.none(), plain);
            int stored = 4 * ((3920 + distance - 1) / distance);
            int positions = distance == 1 ? 0 : distance == 2 ? 490 : 14 + 13;
            int lengths = distance == 300 ? 1 + 2 + 4 : distance == 2 ? 1 + 4 + 8 : 1 + 8;
            assertThat(bytes.length - textAndFrame(bytes)).isEqualTo(stored + positions + lengths);
        }
    }

    /**
     * Of a file without coding and codes: header, two lengths of the text, the text, five empty parts of codes,
     * checksum.
     */
    private static int textAndFrame(byte[] bytes) {
        int text = (bytes[6] & 0x7F) | (bytes[7] << 7);
        return 6 + 2 + 2 + text + 5 + 4;
    }

    @ParameterizedTest
    @EnumSource(SparseEncoding.class)
    void placesOfZerosAreReadBack(SparseEncoding layout) {
        SplittableRandom random = new SplittableRandom(1);
        for (int elements : List.of(1, 7, 8, 9, 255, 256, 257, 600, 5000)) {
            for (double part : List.of(0.0, 0.002, 0.5, 1.0)) {
                BitSet kept = new BitSet();
                for (int i = 0; i < elements; i++) {
                    kept.set(i, layout == SparseEncoding.DENSE || random.nextDouble() < part);
                }
                byte[] positions = layout.positions(kept, elements);
                assertThat(positions.length).isLessThanOrEqualTo(layout.mostBytes(elements));
                assertThat(layout.kept(positions, elements)).isEqualTo(kept);
            }
        }
    }

    @Test
    void runsMatchTheValuesWorkedOutByHand() {
        BitSet kept = BitSet.valueOf(new long[] {0b1000_0000_0000_1011L});
        kept.set(271); // 255 zeros after number 15
        kept.set(272);
        assertThat(SparseEncoding.RUNS.positions(kept, 300)).containsExactly(0, 0, 1, 11, (byte) 255, 0, 0);
        assertThat(SparseEncoding.BITMAP.positions(BitSet.valueOf(new long[] {0b1011}), 17))
                .containsExactly(0b1011, 0, 0);
    }

    static Network with(Network network, String name, float[] values) {
        Map<String, Tensor> parameters = new HashMap<>(network.parameters());
        parameters.put(name, new Tensor(network.parameter(name).sizes(), values));
        return new Network(network.structure(), parameters);
    }
}
