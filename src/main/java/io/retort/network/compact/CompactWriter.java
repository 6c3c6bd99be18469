package io.retort.network.compact;

import io.retort.network.Network;
import io.retort.network.Tensor;
import io.retort.network.compact.EntropyCoding.Content;
import io.retort.network.compact.ParameterCodes.ValueType;
import io.retort.network.int8.AffineCode;
import io.retort.network.int8.Quantization;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import java.util.zip.CRC32;

/** Writes a compact file; {@link CompactFile} describes it. */
final class CompactWriter {
    private final Network network;
    private final Quantization quantization;
    private final CompactFile.Form form;
    private final Set<SparseEncoding> layouts;
    private final ParameterCodes parameters;

    /** @param layouts of which each tensor gets the shortest; of equal ones the first */
    CompactWriter(Network network, Quantization quantization, CompactFile.Form form, Set<SparseEncoding> layouts) {
        this.network = network;
        this.quantization = quantization.requireFits(network);
        this.form = form;
        this.layouts = layouts;
        this.parameters = new ParameterCodes(network.structure(), quantization);
    }

    byte[] bytes() {
        Parts.Writer out = parts();
        out.all(CompactFile.magic());
        out.single(CompactFile.VERSION);
        out.single(form.coding().number());
        byte[] text = CompactHeader.of(network.structure(), quantization).toBytes();
        out.length(text.length);
        out.part(text, Content.TEXT);
        writeCodes(CompactHeader.codes(quantization), out);
        network.parameters().forEach((name, tensor) -> out.all(tensor(name, tensor)));
        CRC32 checksum = new CRC32();
        checksum.update(out.toBytes());
        out.all(ByteBuffer.allocate(Integer.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt((int) checksum.getValue())
                .array());
        return out.toBytes();
    }

    private Parts.Writer parts() {
        return new Parts.Writer(form.coding());
    }

    /** Scales byte by byte, then all zero points, least and greatest codes, which are much alike. */
    private static void writeCodes(List<AffineCode> codes, Parts.Writer out) {
        int count = codes.size();
        int[] scales = new int[count];
        byte[] whole = new byte[CompactFile.WHOLE_NUMBERS_OF_A_CODE * count];
        for (int i = 0; i < count; i++) {
            AffineCode code = codes.get(i);
            scales[i] = Float.floatToRawIntBits(code.scale());
            whole[i] = (byte) code.zeroPoint();
            whole[count + i] = (byte) code.least();
            whole[2 * count + i] = (byte) code.greatest();
        }
        BitSet all = SparseEncoding.DENSE.kept(new byte[0], count);
        writePlanes(scales, all, ValueType.FLOAT32, out);
        out.part(whole, Content.NUMBERS);
    }

    private byte[] tensor(String name, Tensor tensor) {
        ValueType kind = parameters.kind(name, tensor, form.weights());
        int[] numbers = parameters.numbers(name, tensor, kind);
        byte[] shortest = new byte[0];
        for (SparseEncoding layout : layouts) {
            byte[] stored = tensor(numbers, kind, layout);
            if (shortest.length == 0 || stored.length < shortest.length) {
                shortest = stored;
            }
        }
        return shortest;
    }

    private byte[] tensor(int[] numbers, ValueType kind, SparseEncoding layout) {
        Parts.Writer out = parts();
        out.single(kind.number() | (layout.number() << CompactFile.LAYOUT_SHIFT));
        BitSet notZero = new BitSet(numbers.length);
        for (int i = 0; i < numbers.length; i++) {
            notZero.set(i, numbers[i] != 0);
        }
        byte[] positions = layout.positions(notZero, numbers.length);
        if (layout != SparseEncoding.DENSE) {
            out.length(positions.length);
            out.part(positions, Content.NUMBERS);
        }
        writePlanes(numbers, layout.kept(positions, numbers.length), kind, out);
        return out.toBytes();
    }

    /**
     * The lowest bytes of the numbers that are kept, then the next: the highest of floats are much alike, the lowest
     * are not.
     */
    private static void writePlanes(int[] numbers, BitSet kept, ValueType kind, Parts.Writer out) {
        byte[] plane = new byte[kept.cardinality()];
        for (int place = 0; place < kind.bytes(); place++) {
            int next = 0;
            for (int at = kept.nextSetBit(0); at >= 0; at = kept.nextSetBit(at + 1)) {
                plane[next] = (byte) (numbers[at] >>> (place * Byte.SIZE));
                next++;
            }
            out.part(plane, Content.NUMBERS);
        }
    }
}
