package io.retort.network.compact;

import io.retort.network.Network;
import io.retort.network.ParameterSpec;
import io.retort.network.Structure.Node;
import io.retort.network.Tensor;
import io.retort.network.compact.CompactFile.HasWireCode;
import io.retort.network.compact.ParameterCodes.ValueType;
import io.retort.network.int8.AffineCode;
import io.retort.network.int8.Quantization;
import io.retort.network.int8.WeightCodes;
import io.retort.storage.ArtifactException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32;

/** Reads a compact file from anywhere; {@link CompactFile} describes it. */
final class CompactReader {
    /** A structure of thousands of layers has a hundredth of that. */
    private static final int MAX_TEXT_BYTES = 16 << 20;

    /** What a code takes in memory, with what is made of it on the way. */
    private static final long BYTES_OF_A_CODE = 64;

    private static final int HEADER = CompactFile.magic().length + 2;

    private final byte[] bytes;
    private final long most;
    private final String origin;

    /**
     * @param most bytes that the tensors may take in memory
     * @param origin names the file in messages
     */
    CompactReader(byte[] bytes, long most, String origin) {
        this.bytes = bytes;
        this.most = most;
        this.origin = origin;
    }

    CompactFile.Contents read() {
        try {
            Parts.Reader parts = new Parts.Reader(requireSound(), coding());
            CompactHeader described =
                    CompactHeader.read(parts.part(parts.length(MAX_TEXT_BYTES, "structure"), "structure"));
            Map<String, ParameterSpec> specs = described.structure().parameterSpecs();
            requireRoom(specs, described.codes());
            Quantization quantization = quantization(described, specs, parts);
            Map<String, Tensor> tensors = new LinkedHashMap<>();
            ParameterCodes numbers = new ParameterCodes(described.structure(), quantization);
            specs.forEach((name, spec) -> tensors.put(name, tensor(name, spec, numbers, parts)));
            parts.requireEnd();
            Network network = new Network(described.structure(), tensors);
            return new CompactFile.Contents(network, quantization.requireFits(network));
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new ArtifactException(
                    origin + " " + e.getMessage() + "; it is damaged or not a compact file of a network", e);
        }
    }

    /** What is between the header and the checksum. */
    private ByteBuffer requireSound() {
        byte[] magic = CompactFile.magic();
        if (bytes.length < HEADER + Integer.BYTES || !Arrays.equals(bytes, 0, magic.length, magic, 0, magic.length)) {
            throw new IllegalArgumentException("does not begin as one");
        }
        int version = bytes[magic.length] & 0xFF;
        if (version != CompactFile.VERSION) {
            throw new ArtifactException(
                    origin + " has version " + version + "; this program reads version " + CompactFile.VERSION);
        }
        int end = bytes.length - Integer.BYTES;
        CRC32 checksum = new CRC32();
        checksum.update(bytes, 0, end);
        ByteBuffer all = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        if (all.getInt(end) != (int) checksum.getValue()) {
            throw new IllegalArgumentException("has bytes that do not fit their checksum");
        }
        return all.slice(HEADER, end - HEADER);
    }

    private EntropyCoding coding() {
        return HasWireCode.of(EntropyCoding.values(), bytes[HEADER - 1] & 0xFF, "coding");
    }

    /** A short file can stand for many zeros, and for many codes. */
    private void requireRoom(Map<String, ParameterSpec> specs, long codes) {
        double needed = specs.values().stream()
                .mapToDouble(spec ->
                        spec.sizes().stream().mapToDouble(Integer::intValue).reduce(Float.BYTES, (a, b) -> a * b))
                .sum();
        if (needed + codes * BYTES_OF_A_CODE > most) {
            throw new ArtifactException(String.format(
                    Locale.ROOT,
                    "%s holds a network whose parameters take %.0f bytes, and %d codes, at most %d bytes are allowed",
                    origin,
                    needed,
                    codes,
                    most));
        }
    }

    private static Quantization quantization(
            CompactHeader described, Map<String, ParameterSpec> specs, Parts.Reader parts) {
        Map<String, Node> nodes = new HashMap<>();
        described.structure().nodes().forEach(node -> nodes.put(node.name(), node));
        int count = described.values().size();
        for (Map.Entry<String, Integer> layer : described.weights().entrySet()) {
            Node node = nodes.get(layer.getKey());
            ParameterSpec weight = node == null ? null : specs.get(node.parameter("weight"));
            if (weight == null) {
                throw new IllegalArgumentException(
                        "has codes for the weights of '" + layer.getKey() + "', which is no layer with weights");
            }
            int codes = layer.getValue();
            if (codes != 1 && codes != weight.sizes().get(0)) {
                throw new IllegalArgumentException("has " + codes + " codes for the weights of '" + layer.getKey()
                        + "', which have " + weight.sizes().get(0) + " output channels");
            }
            count += codes;
        }
        List<AffineCode> codes = codes(count, parts);
        Map<String, AffineCode> values = new TreeMap<>();
        int next = 0;
        for (String name : described.values()) {
            values.put(name, codes.get(next));
            next++;
        }
        Map<String, WeightCodes> weights = new TreeMap<>();
        for (Map.Entry<String, Integer> layer : described.weights().entrySet()) {
            weights.put(layer.getKey(), new WeightCodes(codes.subList(next, next + layer.getValue())));
            next += layer.getValue();
        }
        return new Quantization(values, weights);
    }

    private static List<AffineCode> codes(int count, Parts.Reader parts) {
        BitSet all = SparseEncoding.DENSE.kept(new byte[0], count);
        int[] scales = planes(count, all, ValueType.FLOAT32, "codes", parts);
        byte[] whole = parts.part(CompactFile.WHOLE_NUMBERS_OF_A_CODE * count, "codes");
        List<AffineCode> codes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            codes.add(
                    new AffineCode(Float.intBitsToFloat(scales[i]), whole[i], whole[count + i], whole[2 * count + i]));
        }
        return codes;
    }

    private static Tensor tensor(String name, ParameterSpec spec, ParameterCodes numbers, Parts.Reader parts) {
        String what = "'" + name + "'";
        int written = parts.single();
        ValueType kind = HasWireCode.of(
                ValueType.values(), written & ((1 << CompactFile.LAYOUT_SHIFT) - 1), "numbers in " + what + " of kind");
        SparseEncoding layout = HasWireCode.of(
                SparseEncoding.values(), written >>> CompactFile.LAYOUT_SHIFT, "zeros in " + what + " of layout");
        if (!numbers.allows(name, kind)) {
            throw new IllegalArgumentException("has " + kind + " for " + what + ", which cannot be stored so");
        }
        int elements = spec.elements();
        byte[] positions = layout == SparseEncoding.DENSE
                ? new byte[0]
                : parts.part(parts.length(layout.mostBytes(elements), what), what);
        BitSet kept;
        try {
            kept = layout.kept(positions, elements);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("has, for " + what + ", " + e.getMessage(), e);
        }
        return numbers.tensor(name, spec.sizes(), planes(elements, kept, kind, what, parts), kind);
    }

    private static int[] planes(int elements, BitSet kept, ValueType kind, String what, Parts.Reader parts) {
        int[] numbers = new int[elements];
        int stored = kept.cardinality();
        for (int place = 0; place < kind.bytes(); place++) {
            byte[] plane = parts.part(stored, what);
            int next = 0;
            for (int at = kept.nextSetBit(0); at >= 0; at = kept.nextSetBit(at + 1)) {
                numbers[at] |= (plane[next] & 0xFF) << (place * Byte.SIZE);
                next++;
            }
        }
        return numbers;
    }
}
