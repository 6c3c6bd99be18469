package io.retort.compress.quantize;

import io.retort.compress.Compressed.LayerChange;
import io.retort.compress.ExportFormat;
import io.retort.engine.onnx.write.OnnxModel;
import io.retort.network.Network;
import io.retort.network.Node;
import io.retort.network.int8.AffineCode;
import io.retort.network.int8.Quantization;
import io.retort.network.int8.QuantizationFile;
import io.retort.network.int8.WeightCodes;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The QDQ form of a quantized network. */
record Int8Form(Quantization quantization) implements ExportFormat {
    @Override
    public byte[] bytes(Network network, List<String> classNames, Map<String, String> provenance) {
        return OnnxModel.quantized(network, quantization, classNames, provenance);
    }

    @Override
    public Optional<byte[]> simulation(Network network, List<String> classNames) {
        return Optional.of(OnnxModel.simulation(network, quantization, classNames));
    }

    @Override
    public Map<String, byte[]> files(Network network) {
        return Map.of(QuantizationFile.NAME, QuantizationFile.bytes(network, quantization));
    }

    /**
     * The change of a layer to int8, with the error of its weights.
     *
     * @param more appended to the description
     */
    static LayerChange change(Node node, Quantizer.Quantized quantized, String more) {
        String weight = node.parameter("weight");
        WeightCodes codes = quantized.quantization().weights().get(node.name());
        AffineCode reads = quantized.quantization().values().get(node.inputs().get(0));
        return LayerChange.of(
                node.name(),
                String.format(
                        Locale.ROOT,
                        "int8, %s, reads %.3g to %.3g%s",
                        codes.perChannel() ? codes.codes().size() + " scales" : "1 scale",
                        reads.min(),
                        reads.max(),
                        more),
                quantized.exact().parameter(weight),
                codes.roundTrip(quantized.network().parameter(weight)));
    }
}
