package io.retort.compress.prune;

import io.retort.compress.Compressor.UnreachableException;
import io.retort.compress.prune.ChannelDependencies.Group;
import io.retort.compress.prune.ChannelPruning.Scope;
import io.retort.compress.prune.ChannelPruning.Target;
import io.retort.config.Decimals;
import io.retort.engine.onnx.run.Latency.LatencyRatio;
import io.retort.engine.onnx.write.OnnxModel;
import io.retort.network.Cost;
import io.retort.network.Network;
import io.retort.network.Structure;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleBiFunction;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Finds the channels that go for the settings' ratio of channels, MACs, parameters or latency, and refuses a ratio that
 * the groups cannot give.
 */
final class BudgetSearch {
    /** A nested sequence of cuts: each removes a superset of the channels of the previous one. */
    interface Candidates {
        /** The units that go where this part of the channels before the first step is to be gone. */
        Set<Integer> ofChannels(double part);

        /** The number of cuts after the first, which removes only what it must. */
        int count();

        /**
         * The units that one of the cuts removes.
         *
         * @param number from 0 to {@link #count()}, where all groups have their least number of channels
         */
        Set<Integer> cut(int number);
    }

    private final ChannelPruning.Settings settings;
    private final Structure structure;
    private final ChannelDependencies layout;
    private final Candidates candidates;
    private final ToDoubleBiFunction<Structure, Structure> relativeLatency;

    BudgetSearch(
            ChannelPruning.Settings settings, Structure structure, ChannelDependencies layout, Candidates candidates) {
        this(settings, structure, layout, candidates, BudgetSearch::measuredLatency);
    }

    /** @param relativeLatency the time of one sample, by that of the other structure */
    BudgetSearch(
            ChannelPruning.Settings settings,
            Structure structure,
            ChannelDependencies layout,
            Candidates candidates,
            ToDoubleBiFunction<Structure, Structure> relativeLatency) {
        this.settings = settings;
        this.structure = structure;
        this.layout = layout;
        this.candidates = candidates;
        this.relativeLatency = relativeLatency;
    }

    /**
     * The channels that go.
     *
     * @param ratio the part of the original that is gone then
     */
    Set<Integer> cut(double ratio, Structure original) {
        return switch (settings.target()) {
            case CHANNELS -> candidates.ofChannels(ratio);
            case MACS -> lightEnough(ratio, of -> Cost.of(of).macs(), original);
            case PARAMETERS -> lightEnough(ratio, of -> Cost.of(of).trainedParameters(), original);
            case LATENCY -> lightEnough(ratio, of -> relativeLatency.applyAsDouble(of, original), original);
        };
    }

    /**
     * The first cut whose weight is at most its limit, by bisection, since a later one weighs no more than an earlier
     * one.
     */
    private Set<Integer> lightEnough(double ratio, ToDoubleFunction<Structure> weight, Structure original) {
        double whole = settings.target() == Target.LATENCY ? 1 : weight.applyAsDouble(original);
        double limit = (1 - ratio) * whole;
        double least = after(candidates.count(), weight);
        if (!Decimals.atMost(least, limit)) {
            throw tooHeavy(least, whole);
        }
        int tooLittle = -1;
        int enough = candidates.count();
        while (enough - tooLittle > 1) {
            int middle = (enough + tooLittle) / 2;
            if (Decimals.atMost(after(middle, weight), limit)) {
                enough = middle;
            } else {
                tooLittle = middle;
            }
        }
        return candidates.cut(enough);
    }

    private double after(int number, ToDoubleFunction<Structure> weight) {
        return weight.applyAsDouble(new ChannelSurgery(structure, layout, candidates.cut(number)).structure());
    }

    /** Measured in turn, so that a busy machine slows both. */
    static double measuredLatency(Structure structure, Structure original) {
        return LatencyRatio.p50(onnx(structure), onnx(original));
    }

    /** Times do not depend on weights. */
    private static byte[] onnx(Structure structure) {
        List<String> names = IntStream.range(0, structure.classes())
                .mapToObj(Integer::toString)
                .toList();
        return OnnxModel.bytes(Network.initialised(structure, 0), names, Map.of());
    }

    private UnreachableException tooHeavy(double least, double whole) {
        String unit = settings.target() == Target.MACS
                ? "MACs"
                : settings.target().name().toLowerCase(Locale.ROOT);
        String left = settings.target() == Target.LATENCY
                ? String.format(Locale.ROOT, "%.3f of it is left", least)
                : String.format(Locale.ROOT, "%,.0f of %,.0f %s are left", least, whole, unit);
        return unreachable(unit, left + ", so that at most " + atMost(whole - least, whole));
    }

    private UnreachableException unreachable(String unit, String most) {
        return new UnreachableException(
                "ratio",
                settings.ratio() + " of the " + unit + " cannot be cut: with " + settings.leastChannels()
                        + " channels in every group that may be cut, " + most + " can go; " + settings.remedy());
    }

    /**
     * Refuses a cut of no channel, and a ratio of the channels that the groups (each of them where they share it) have
     * not to give.
     */
    void requireReachable(List<Group> groups, Set<Integer> cut) {
        if (settings.target() == Target.CHANNELS) {
            requireChannels(groups);
        }
        if (cut.isEmpty()) {
            throw new UnreachableException(
                    "ratio",
                    settings.ratio() + " cuts no channel of the groups "
                            + groups.stream()
                                    .map(group -> group.name() + " (" + size(group) + ")")
                                    .toList()
                            + "; raise ratio, or lower min-channels or multiple");
        }
    }

    private void requireChannels(List<Group> groups) {
        if (settings.scope() == Scope.LAYER) {
            if (groups.stream().noneMatch(group -> gives(group) >= Decimals.part(settings.ratio(), size(group)))) {
                Group best = groups.stream()
                        .max(Comparator.comparingDouble(group -> (double) gives(group) / size(group)))
                        .orElseThrow();
                throw unreachable("channels", "at most " + atMost(gives(best), size(best)));
            }
            return;
        }
        int whole = groups.stream().mapToInt(BudgetSearch::size).sum();
        int given = groups.stream().mapToInt(this::gives).sum();
        if (given < Decimals.part(settings.ratio(), whole)) {
            throw unreachable("channels", "at most " + atMost(given, whole));
        }
    }

    private int gives(Group group) {
        return settings.most(size(group));
    }

    private static int size(Group group) {
        return group.units().size();
    }

    /** A part in thousandths, rounded down. */
    private static String atMost(double part, double whole) {
        return Double.toString(Math.max(0, Math.floor(1000 * part / whole)) / 1000);
    }
}
