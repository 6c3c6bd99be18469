package io.retort.compress.prune;

import io.retort.compress.UnreachableException;
import io.retort.compress.prune.ChannelPruning.Target;
import io.retort.config.Decimals;
import io.retort.engine.onnx.run.LatencyRatio;
import io.retort.engine.onnx.write.OnnxModel;
import io.retort.network.Cost;
import io.retort.network.Network;
import io.retort.network.Structure;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/** How much of the channels must go for what the ratio is of. */
final class BudgetSearch {
    private final ChannelPruning.Settings settings;
    private final Structure structure;
    private final ChannelDependencies layout;
    private final PruningCandidates cuts;

    BudgetSearch(
            ChannelPruning.Settings settings, Structure structure, ChannelDependencies layout, PruningCandidates cuts) {
        this.settings = settings;
        this.structure = structure;
        this.layout = layout;
        this.cuts = cuts;
    }

    /** What a network weighs, by the target. */
    private interface Weighing {
        double of(Structure structure);
    }

    /**
     * The channels that go.
     *
     * @param ratio the part of the original that is gone then
     */
    Set<Integer> cut(double ratio, Structure original) {
        return switch (settings.target()) {
            case CHANNELS -> cuts.ofChannels(ratio);
            case MACS -> lightEnough(ratio, of -> Cost.of(of).macs(), original);
            case PARAMETERS -> lightEnough(ratio, of -> Cost.of(of).trainedParameters(), original);
            case LATENCY -> lightEnough(ratio, beside(original), original);
        };
    }

    /** The first cut that leaves no more than it may, by bisection, since a later one leaves no more than an earlier one. */
    private Set<Integer> lightEnough(double ratio, Weighing weighing, Structure original) {
        double whole = settings.target() == Target.LATENCY ? 1 : weighing.of(original);
        double most = (1 - ratio) * whole;
        double least = after(cuts.count(), weighing);
        if (!Decimals.atMost(least, most)) {
            throw unreachable(least, whole);
        }
        int tooLittle = -1;
        int enough = cuts.count();
        while (enough - tooLittle > 1) {
            int middle = (enough + tooLittle) / 2;
            if (Decimals.atMost(after(middle, weighing), most)) {
                enough = middle;
            } else {
                tooLittle = middle;
            }
        }
        return cuts.cut(enough);
    }

    private double after(int number, Weighing weighing) {
        return weighing.of(new ChannelSurgery(structure, layout, cuts.cut(number)).structure());
    }

    /** The time of one sample by the original's, measured in turn, so that a busy machine slows both. */
    private static Weighing beside(Structure original) {
        byte[] model = onnx(original);
        return of -> LatencyRatio.p50(onnx(of), model);
    }

    /** What weights there are makes no difference. */
    private static byte[] onnx(Structure structure) {
        List<String> names = IntStream.range(0, structure.classes())
                .mapToObj(Integer::toString)
                .toList();
        return OnnxModel.bytes(Network.initialised(structure, 0), names, Map.of());
    }

    private UnreachableException unreachable(double least, double whole) {
        String unit = switch (settings.target()) {
            case MACS -> "MACs";
            case PARAMETERS -> "parameters";
            case LATENCY -> "latency";
            case CHANNELS -> "channels";
        };
        String left = settings.target() == Target.LATENCY
                ? String.format(Locale.ROOT, "%.3f of it is left", least)
                : String.format(Locale.ROOT, "%,.0f of %,.0f %s are left", least, whole, unit);
        return new UnreachableException(
                "ratio",
                settings.ratio() + " of the " + unit + " cannot be cut: with "
                        + settings.leastChannels() + " channels in every group that may be cut, " + left
                        + ", so that at most "
                        + ReachableChannels.atMost(whole - least, whole) + " can go; " + settings.remedy());
    }
}
