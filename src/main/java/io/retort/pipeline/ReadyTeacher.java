package io.retort.pipeline;

import io.retort.network.Network;
import io.retort.network.Shape;
import io.retort.report.CurveSection;
import io.retort.teacher.TeacherSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A teacher that can be asked.
 *
 * @param source what executors open
 * @param fingerprint of its parameters, for people; labels are stored under that of the source
 * @param parts the networks that are asked of each sample, one after the other
 */
public record ReadyTeacher(TeacherSource source, String fingerprint, List<Part> parts) {
    public ReadyTeacher {
        parts = List.copyOf(parts);
    }

    /**
     * A network of a teacher.
     *
     * @param onnx the file that it exports to
     * @param curves of its training, where it was trained here
     */
    @SuppressWarnings("ArrayRecordComponent") // carried, never compared
    public record Part(String title, Network network, byte[] onnx, List<CurveSection> curves) {}

    /** The network that is the whole teacher; nothing where it has several. */
    public Optional<Network> alone() {
        return parts.size() == 1 ? Optional.of(parts.get(0).network()) : Optional.empty();
    }

    /** The shape of each node that may be tapped; none where it has several networks. */
    public Map<String, Shape> taps() {
        return alone().map(network -> network.structure().taps()).orElse(Map.of());
    }
}
