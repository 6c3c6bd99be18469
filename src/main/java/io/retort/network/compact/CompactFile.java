package io.retort.network.compact;

import io.retort.network.Half;
import io.retort.network.Network;
import io.retort.network.Signature;
import io.retort.network.Tensor;
import io.retort.network.compact.ParameterCodes.ValueType;
import io.retort.network.int8.Quantization;
import io.retort.storage.ArtifactException;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * A network in one small file, in the manner of Deep Compression (Han, Mao, Dally 2016, arXiv:1510.00149): few bits for
 * each weight, none for a weight of 0 but its place, and an entropy code over what is left. Its codes are those of int8
 * and not clusters of weights.
 *
 * <p>The file: {@code RTRT}, a byte each for the version and the {@link EntropyCoding}; the structure as JSON, with the
 * names of what is quantized; scales, zero points and ranges of all codes; the parameters in the structure's order; the
 * CRC-32 of all before it. Numbers are little-endian. A parameter has a byte for its kind of numbers (low half) and its
 * layout of zeros (high half), the places of what is stored where some are not, and then the lowest bytes of all its
 * numbers, the next ones, and so on. Each of these parts is coded by itself, where that makes it shorter, behind the
 * bytes that it takes.
 *
 * <p>The same network in the same form gives the same bytes. What a file holds is data: nothing in it is executed, and
 * nothing is allocated on its word beyond what the reader allows.
 */
public final class CompactFile {
    /** How such files end. */
    public static final String SUFFIX = ".compact";

    /** The usual limit of the bytes that the tensors of a file take in memory. */
    public static final long DEFAULT_MAX_BYTES = 1L << 30;

    static final int VERSION = 1;
    static final int LAYOUT_SHIFT = 4;
    /** Zero point, least and greatest. */
    static final int WHOLE_NUMBERS_OF_A_CODE = 3;

    private CompactFile() {}

    /** The content of a file: the rounded network, and its int8 codes. */
    public record Contents(Network network, Quantization quantization) {}

    /**
     * The sizes of a network, in bytes of whole files.
     *
     * @param coded as it is written
     * @param uncoded without the entropy coding
     * @param dense without that, and with all zeros stored
     */
    public record Sizes(long coded, long uncoded, long dense) {}

    static byte[] magic() {
        return "RTRT".getBytes(StandardCharsets.US_ASCII);
    }

    /** The bytes of a file. */
    public static byte[] bytes(Network network, Quantization quantization, Form form) {
        return bytes(network, quantization, form, EnumSet.allOf(SparseEncoding.class));
    }

    /** The sizes of the files of a network. */
    public static Sizes sizes(Network network, Quantization quantization, Form form) {
        Form uncoded = new Form(form.weights(), EntropyCoding.NONE);
        return new Sizes(
                bytes(network, quantization, form).length,
                bytes(network, quantization, uncoded).length,
                bytes(network, quantization, uncoded, EnumSet.of(SparseEncoding.DENSE)).length);
    }

    private static byte[] bytes(Network network, Quantization quantization, Form form, Set<SparseEncoding> layouts) {
        return new CompactWriter(network, quantization, form, layouts).bytes();
    }

    /**
     * Reads the bytes of a file.
     *
     * @param most bytes that the tensors may take in memory
     * @param origin names the file in messages
     * @throws ArtifactException if they are damaged, of an unknown version, or more than allowed
     */
    public static Contents read(byte[] bytes, long most, String origin) {
        return new CompactReader(bytes, most, origin).read();
    }

    /**
     * The network that is read back from a file, without names: parameters in int8 as their codes decode, the others as
     * the format leaves them.
     */
    public static Network rounded(Network network, Quantization quantization, FloatFormat format) {
        ParameterCodes numbers = new ParameterCodes(network.structure(), quantization);
        Map<String, Tensor> parameters = new LinkedHashMap<>();
        quantization.rounded(network).parameters().forEach((name, tensor) -> {
            ValueType kind = numbers.kind(name, tensor, format);
            parameters.put(name, kind == ValueType.FLOAT16 ? format.roundTrip(tensor) : tensor);
        });
        return new Network(network.structure().withSignature(Signature.none()), parameters);
    }

    /**
     * How a compact file is written.
     *
     * @param weights the numbers of layers that are not quantized; the others are stored as the codes that they have
     * @param coding what the bytes go through last
     */
    public record Form(FloatFormat weights, EntropyCoding coding) {
        /** Both in words, as part of a file's name: {@code float16-huffman}. */
        public String title() {
            return (weights + "-" + coding).toLowerCase(Locale.ROOT);
        }
    }

    /** One of several, which files name by a number. */
    interface HasWireCode {
        /** The number that is written; it is never given to another one. */
        int number();

        /**
         * The one with a number.
         *
         * @param what it is, in messages
         * @throws IllegalArgumentException if there is none
         */
        static <T extends HasWireCode> T of(T[] known, int number, String what) {
            for (T one : known) {
                if (one.number() == number) {
                    return one;
                }
            }
            throw new IllegalArgumentException("has " + what + " " + number + ", known are 0 to " + (known.length - 1));
        }
    }

    /** How parameters are stored that have no int8 codes. */
    public enum FloatFormat {
        /** 2 bytes, IEEE 754 half precision; a tensor with a number that has no half stays float32. */
        FLOAT16,
        /** 4 bytes, exactly. */
        FLOAT32;

        /** Whether this format holds all numbers of a tensor. */
        public boolean holds(Tensor tensor) {
            if (this == FLOAT32) {
                return true;
            }
            for (float value : tensor.values()) {
                if (!Half.holds(value)) {
                    return false;
                }
            }
            return true;
        }

        /** Whether a tensor is stored as halves. */
        boolean halves(Tensor tensor) {
            return this == FLOAT16 && holds(tensor);
        }

        /** The tensor as it is read back. */
        public Tensor roundTrip(Tensor tensor) {
            if (!halves(tensor)) {
                return tensor;
            }
            float[] rounded = new float[tensor.values().length];
            for (int i = 0; i < rounded.length; i++) {
                rounded[i] = Half.roundTrip(tensor.values()[i]);
            }
            return new Tensor(tensor.sizes(), rounded);
        }
    }
}
