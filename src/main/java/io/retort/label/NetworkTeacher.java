package io.retort.label;

import io.retort.engine.Tap;
import io.retort.engine.onnx.write.ExportedNetwork;
import io.retort.engine.onnx.write.OnnxModel;
import io.retort.network.Network;
import io.retort.network.Shape;
import io.retort.predict.ModelHandle;
import java.util.List;
import java.util.Map;

/**
 * A network of ours as a teacher.
 *
 * @param logits the file that it exports to
 */
public record NetworkTeacher(Network network, ModelHandle logits) implements TeacherModel {
    @Override
    public Map<String, Shape> taps() {
        return network.structure().taps();
    }

    /** A model of that part of the network that the taps need. */
    @Override
    public ModelHandle taps(List<Tap> taps) {
        return ExportedNetwork.ofTaps(OnnxModel.taps(network, taps));
    }
}
