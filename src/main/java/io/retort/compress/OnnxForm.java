package io.retort.compress;

import io.retort.engine.onnx.OnnxModel;
import io.retort.network.Network;
import java.util.List;
import java.util.Map;

/** How a network is written as an ONNX file: what is evaluated, timed and shipped. */
@FunctionalInterface
public interface OnnxForm {
    /** As it is trained. */
    OnnxForm FLOAT32 = OnnxModel::bytes;

    /**
     * The file's bytes.
     *
     * @param classNames by class index
     * @param provenance metadata properties
     */
    byte[] bytes(Network network, List<String> classNames, Map<String, String> provenance);
}
