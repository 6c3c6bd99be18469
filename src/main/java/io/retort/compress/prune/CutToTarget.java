package io.retort.compress.prune;

import io.retort.compress.UnreachableException;
import io.retort.network.Cost;
import io.retort.network.Structure;
import java.util.Locale;
import java.util.Set;

/** How much of the channels must go for what the ratio is of. */
final class CutToTarget {
    /** Tries of a part of the channels until the cost is low enough. */
    private static final int TRIES = 512;

    private final ChannelPruning.Settings settings;
    private final Structure structure;
    private final ChannelLayout layout;
    private final ChannelChoice choice;

    CutToTarget(ChannelPruning.Settings settings, Structure structure, ChannelLayout layout, ChannelChoice choice) {
        this.settings = settings;
        this.structure = structure;
        this.layout = layout;
        this.choice = choice;
    }

    /**
     * The channels that go.
     *
     * @param ratio the part of the original that is gone then
     */
    Set<Integer> cut(double ratio, Structure original) {
        return switch (settings.target()) {
            case CHANNELS -> choice.cut(ratio);
            case MACS -> fewEnough(ratio, macs(original));
        };
    }

    private Set<Integer> fewEnough(double ratio, long whole) {
        double most = (1 - ratio) * whole;
        long least = 0;
        for (int tried = 0; tried <= TRIES; tried++) {
            Set<Integer> cut = choice.cut((double) tried / TRIES);
            least = macs(new ChannelSurgery(structure, layout, cut).structure());
            if (least <= most) {
                return cut;
            }
        }
        throw new UnreachableException(String.format(
                Locale.ROOT,
                "ratio %s of the MACs cannot be cut: with %d channels in every group that may be cut, %,d of %,d MACs"
                        + " are left, so that at most %s can go; lower ratio or min-channels",
                settings.ratio(),
                settings.minChannels(),
                least,
                whole,
                ReachableChannels.atMost(whole - least, whole)));
    }

    private static long macs(Structure structure) {
        return Cost.of(structure).macs();
    }
}
