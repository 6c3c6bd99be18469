package io.retort.compress.prune;

import io.retort.compress.Sensitivity;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The accuracy of a network without the least important channels of one group.
 *
 * @param order the group's units, the least important first
 * @param removed numbers of channels that were tried without, ascending
 * @param accuracies of the whole network, then without so many
 */
@SuppressWarnings("ArrayRecordComponent") // carried, never compared
record SensitivityCurve(ChannelDependencies.Group group, List<Integer> order, int[] removed, List<Double> accuracies) {
    /** The most channels that can go. */
    int most() {
        return removed.length == 0 ? 0 : removed[removed.length - 1];
    }

    /**
     * The loss of accuracy that must be put up with before so many channels go: between two measurements on the straight line, and never less than for fewer
     * channels, for a gain in between is chance.
     */
    double drop(int channels) {
        double whole = accuracies.get(0);
        int before = 0;
        double dropBefore = 0;
        for (int i = 0; i < removed.length; i++) {
            double drop = Math.max(dropBefore, whole - accuracies.get(i + 1));
            if (channels <= removed[i]) {
                return dropBefore + (drop - dropBefore) * (channels - before) / (removed[i] - before);
            }
            before = removed[i];
            dropBefore = drop;
        }
        throw new IllegalArgumentException(channels + " channels of " + group.name() + " cannot go, only " + most());
    }

    /**
     * For the report.
     *
     * @param cut units of this and of other groups that go
     */
    Sensitivity chosen(Set<Integer> cut) {
        long gone = order.stream().filter(cut::contains).count();
        List<Sensitivity.Point> points = new ArrayList<>(List.of(new Sensitivity.Point(0, accuracies.get(0))));
        for (int i = 0; i < removed.length; i++) {
            points.add(new Sensitivity.Point((double) removed[i] / order.size(), accuracies.get(i + 1)));
        }
        return new Sensitivity(group.name(), order.size(), points, (double) gone / order.size());
    }
}
