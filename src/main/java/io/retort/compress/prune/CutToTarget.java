package io.retort.compress.prune;

import io.retort.compress.UnreachableException;
import io.retort.compress.prune.ChannelPruning.Target;
import io.retort.engine.onnx.Latency;
import io.retort.engine.onnx.OnnxModel;
import io.retort.network.Cost;
import io.retort.network.Network;
import io.retort.network.Structure;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/** How much of the channels must go for what the ratio is of. */
final class CutToTarget {
    private final ChannelPruning.Settings settings;
    private final Structure structure;
    private final ChannelLayout layout;
    private final Cuts cuts;

    CutToTarget(ChannelPruning.Settings settings, Structure structure, ChannelLayout layout, Cuts cuts) {
        this.settings = settings;
        this.structure = structure;
        this.layout = layout;
        this.cuts = cuts;
    }

    /**
     * The channels that go.
     *
     * @param ratio the part of the original that is gone then
     */
    Set<Integer> cut(double ratio, Structure original) {
        return settings.target() == Target.CHANNELS ? cuts.ofChannels(ratio) : cheapEnough(ratio, cost(original));
    }

    /** The first cut that leaves no more than it may, by bisection, since a later one leaves no more than an earlier one. */
    private Set<Integer> cheapEnough(double ratio, double whole) {
        double most = (1 - ratio) * whole;
        double least = costAfter(cuts.count());
        if (least > most) {
            throw unreachable(least, whole);
        }
        int tooLittle = -1;
        int enough = cuts.count();
        while (enough - tooLittle > 1) {
            int middle = (enough + tooLittle) / 2;
            if (costAfter(middle) <= most) {
                enough = middle;
            } else {
                tooLittle = middle;
            }
        }
        return cuts.cut(enough);
    }

    private double costAfter(int number) {
        return cost(new ChannelSurgery(structure, layout, cuts.cut(number)).structure());
    }

    private double cost(Structure of) {
        return switch (settings.target()) {
            case MACS -> Cost.of(of).macs();
            case PARAMETERS -> Cost.of(of).trainedParameters();
            case LATENCY -> millis(of);
            case CHANNELS -> throw new IllegalStateException("channels are counted, not weighed");
        };
    }

    /** What weights there are makes no difference. */
    private static double millis(Structure structure) {
        List<String> names = IntStream.range(0, structure.classes())
                .mapToObj(Integer::toString)
                .toList();
        return Latency.of(OnnxModel.bytes(Network.initialised(structure, 0), names, Map.of()))
                .p50Millis();
    }

    private UnreachableException unreachable(double least, double whole) {
        String unit = switch (settings.target()) {
            case MACS -> "MACs";
            case PARAMETERS -> "parameters";
            case LATENCY -> "milliseconds";
            case CHANNELS -> "channels";
        };
        String form = settings.target() == Target.LATENCY ? "%.3f of %.3f" : "%,.0f of %,.0f";
        return new UnreachableException(String.format(
                Locale.ROOT,
                "ratio %s of the %s cannot be cut: with %d channels in every group that may be cut, " + form
                        + " %s are left, so that at most %s can go; lower ratio or min-channels",
                settings.ratio(),
                unit,
                settings.minChannels(),
                least,
                whole,
                unit,
                ReachableChannels.atMost(whole - least, whole)));
    }
}
