package io.retort.teacher;

import io.retort.network.Network;
import io.retort.report.CurveSection;
import java.util.List;

/**
 * A network, and how its trainings went.
 *
 * @param curves first to last; none of a network that was not trained here, or by a version that kept none
 */
public record Trained(Network network, List<CurveSection> curves) {
    public Trained {
        curves = List.copyOf(curves);
    }

    /** A network that was there before. */
    public static Trained before(Network network) {
        return new Trained(network, List.of());
    }
}
