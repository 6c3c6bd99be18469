package io.retort.network.compact;

import io.retort.network.Half;
import io.retort.network.Structure;
import io.retort.network.Structure.Node;
import io.retort.network.Tensor;
import io.retort.network.compact.CompactFile.FloatFormat;
import io.retort.network.compact.CompactFile.HasWireCode;
import io.retort.network.int8.AffineCode;
import io.retort.network.int8.Quantization;
import io.retort.network.int8.WeightCodes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The parameters of a network as whole numbers, 0 for 0: bits of floats and halves, and what int8 makes of weights and
 * biases.
 */
final class ParameterCodes {
    private final Quantization quantization;
    /** The layers in int8, by each of their parameters. */
    private final Map<String, Node> quantized = new HashMap<>();

    ParameterCodes(Structure structure, Quantization quantization) {
        this.quantization = quantization;
        for (Node node : structure.nodes()) {
            if (quantization.weights().containsKey(node.name())) {
                quantized.put(weight(node), node);
                quantized.put(node.parameter("bias"), node);
            }
        }
    }

    private static String weight(Node node) {
        return node.parameter("weight");
    }

    /** What a parameter is stored as. */
    ValueType kind(String parameter, Tensor tensor, FloatFormat format) {
        Node node = quantized.get(parameter);
        if (node != null) {
            return parameter.equals(weight(node)) ? ValueType.INT8 : ValueType.INT32;
        }
        return format.halves(tensor) ? ValueType.FLOAT16 : ValueType.FLOAT32;
    }

    /** Whether a file may have a parameter in this kind. */
    boolean allows(String parameter, ValueType kind) {
        Node node = quantized.get(parameter);
        if (node != null) {
            return kind == (parameter.equals(weight(node)) ? ValueType.INT8 : ValueType.INT32);
        }
        return kind == ValueType.FLOAT16 || kind == ValueType.FLOAT32;
    }

    /** The numbers of a parameter. */
    int[] numbers(String parameter, Tensor tensor, ValueType kind) {
        float[] values = tensor.values();
        return switch (kind) {
            case FLOAT32 -> {
                int[] bits = new int[values.length];
                for (int i = 0; i < bits.length; i++) {
                    bits[i] = Float.floatToRawIntBits(values[i]);
                }
                yield bits;
            }
            case FLOAT16 -> {
                int[] bits = new int[values.length];
                for (int i = 0; i < bits.length; i++) {
                    bits[i] = Half.of(values[i]) & 0xFFFF;
                }
                yield bits;
            }
            case INT8 -> {
                WeightCodes codes = codes(parameter);
                byte[] coded = codes.quantize(tensor);
                int perChannel = coded.length / tensor.sizes().get(0);
                int[] numbers = new int[coded.length];
                for (int i = 0; i < numbers.length; i++) {
                    numbers[i] = (coded[i] - codes.of(i / perChannel).zeroPoint()) & 0xFF;
                }
                yield numbers;
            }
            case INT32 -> quantization.quantizeBias(quantized.get(parameter), tensor);
        };
    }

    /**
     * The parameter of these numbers.
     *
     * @throws IllegalArgumentException if some are none that {@link #numbers} gives
     */
    Tensor tensor(String parameter, List<Integer> sizes, int[] numbers, ValueType kind) {
        return switch (kind) {
            case FLOAT32 -> {
                float[] values = new float[numbers.length];
                for (int i = 0; i < values.length; i++) {
                    values[i] = Float.intBitsToFloat(numbers[i]);
                }
                yield new Tensor(sizes, values);
            }
            case FLOAT16 -> {
                float[] values = new float[numbers.length];
                for (int i = 0; i < values.length; i++) {
                    values[i] = Half.value((short) numbers[i]);
                }
                yield new Tensor(sizes, values);
            }
            case INT8 -> weights(parameter, sizes, numbers);
            case INT32 -> quantization.dequantizeBias(quantized.get(parameter), sizes, numbers);
        };
    }

    private Tensor weights(String parameter, List<Integer> sizes, int[] numbers) {
        WeightCodes codes = codes(parameter);
        int perChannel = numbers.length / sizes.get(0);
        byte[] coded = new byte[numbers.length];
        for (int i = 0; i < coded.length; i++) {
            AffineCode code = codes.of(i / perChannel);
            coded[i] = (byte) (numbers[i] + code.zeroPoint());
            if (coded[i] < code.least() || coded[i] > code.greatest()) {
                throw new IllegalArgumentException("has the code " + coded[i] + " in '" + parameter
                        + "', where codes are from " + code.least() + " to " + code.greatest());
            }
        }
        return codes.dequantize(sizes, coded);
    }

    private WeightCodes codes(String parameter) {
        return quantization.weights().get(quantized.get(parameter).name());
    }

    /** What the numbers of a stored tensor are. */
    enum ValueType implements HasWireCode {
        /** The bits of a float. */
        FLOAT32(0, 4),
        /** The bits of a half. */
        FLOAT16(1, 2),
        /** Codes of weights less their zero point, modulo 256. */
        INT8(2, 1),
        /** Steps of the bias of a layer in int8. */
        INT32(3, 4);

        private final int number;
        private final int bytes;

        ValueType(int number, int bytes) {
            this.number = number;
            this.bytes = bytes;
        }

        @Override
        public int number() {
            return number;
        }

        /** Of one number. */
        int bytes() {
            return bytes;
        }
    }
}
