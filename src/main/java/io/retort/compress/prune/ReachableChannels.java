package io.retort.compress.prune;

import io.retort.compress.UnreachableException;
import io.retort.compress.prune.ChannelPruning.Scope;
import io.retort.compress.prune.ChannelPruning.Target;
import io.retort.config.Decimals;
import java.util.List;
import java.util.Set;

/** Whether groups have the channels that settings cut. */
record ReachableChannels(ChannelPruning.Settings settings, List<ChannelDependencies.Group> groups) {
    /** Refuses a ratio that leaves all channels, and a ratio of the channels that no group (or not all of them, where they share it) has to give. */
    void require(Set<Integer> cut) {
        int whole = groups.stream().mapToInt(group -> group.units().size()).sum();
        if (settings.target() == Target.CHANNELS && !isReached(whole)) {
            throw new UnreachableException(
                    "ratio",
                    settings.ratio() + " of the channels cannot be cut: with " + settings.leastChannels()
                            + " channels in every group that may be cut, at most " + greatest(whole)
                            + " can go; " + settings.remedy());
        }
        if (cut.isEmpty()) {
            throw new UnreachableException(
                    "ratio",
                    settings.ratio()
                            + " cuts no channel of the groups "
                            + groups.stream()
                                    .map(group ->
                                            group.name() + " (" + group.units().size() + ")")
                                    .toList() + "; raise ratio, or lower min-channels or multiple");
        }
    }

    private boolean isReached(int whole) {
        if (settings.scope() == Scope.LAYER) {
            return groups.stream().anyMatch(group -> gives(group) >= Decimals.part(settings.ratio(), size(group)));
        }
        return groups.stream().mapToInt(this::gives).sum() >= Decimals.part(settings.ratio(), whole);
    }

    private String greatest(int whole) {
        if (settings.scope() == Scope.LAYER) {
            return groups.stream()
                    .max((one, other) ->
                            Double.compare((double) gives(one) / size(one), (double) gives(other) / size(other)))
                    .map(group -> atMost(gives(group), size(group)))
                    .orElseThrow();
        }
        return atMost(groups.stream().mapToInt(this::gives).sum(), whole);
    }

    private int gives(ChannelDependencies.Group group) {
        return settings.most(size(group));
    }

    private static int size(ChannelDependencies.Group group) {
        return group.units().size();
    }

    /** A part in thousandths, none too many. */
    static String atMost(double part, double whole) {
        return Double.toString(Math.max(0, Math.floor(1000 * part / whole)) / 1000);
    }
}
