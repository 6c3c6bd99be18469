package io.retort.compress.prune;

import io.retort.config.Decimals;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Cuts by one threshold for all groups: of each go as many of its least important channels as cost no more accuracy
 * than the threshold, by its own {@link SensitivityCurve}. The threshold rises until the target is met.
 *
 * <p>It rises from one channel to the next: every channel has the threshold at which it goes, which is the curve's at
 * that many channels; they go in the order of their thresholds, those of equal ones by the part of their group that is
 * gone with them, and then by the group's place in the network. So a target is met within one channel (within
 * {@code multiple} of them where groups keep multiples), and a higher threshold never leaves more MACs.
 *
 * <p>Li et al. 2017 (arXiv:1608.08710) read the ratio of each layer off such curves by eye; here a target is given and
 * the threshold found, greedily, as if the losses of different groups did not depend on each other.
 */
final class SensitivityChoice implements BudgetSearch.Candidates {
    private final ChannelPruning.Settings settings;
    private final List<SensitivityScan.Curve> curves;
    private final int before;
    private final List<Removal> order = new ArrayList<>();

    /** The next channel of a group. */
    private record Removal(int group, double threshold, double part) {}

    /** @param before how many channels all groups had together before the first step */
    SensitivityChoice(ChannelPruning.Settings settings, List<SensitivityScan.Curve> curves, int before) {
        this.settings = settings;
        this.curves = curves;
        this.before = before;
        for (int g = 0; g < curves.size(); g++) {
            SensitivityScan.Curve curve = curves.get(g);
            for (int channels = 1; channels <= curve.most(); channels++) {
                order.add(new Removal(
                        g,
                        curve.drop(channels),
                        (double) channels / curve.order().size()));
            }
        }
        order.sort(Comparator.comparingDouble(Removal::threshold)
                .thenComparingDouble(Removal::part)
                .thenComparingInt(Removal::group));
    }

    @Override
    public Set<Integer> ofChannels(double part) {
        int gone =
                before - curves.stream().mapToInt(curve -> curve.order().size()).sum();
        int wanted = Math.max(0, Decimals.part(part, before) - gone);
        int number = settings.multiple() == 1 ? Math.min(count(), wanted) : count();
        while (number > 0 && cut(number).size() > wanted) {
            number--;
        }
        return cut(number);
    }

    @Override
    public int count() {
        return order.size();
    }

    @Override
    public Set<Integer> cut(int number) {
        int[] gone = new int[curves.size()];
        order.subList(0, number).forEach(removal -> gone[removal.group()]++);
        Set<Integer> cut = new HashSet<>();
        for (int g = 0; g < gone.length; g++) {
            List<Integer> units = curves.get(g).order();
            cut.addAll(units.subList(0, units.size() - settings.allowed(units.size() - gone[g], units.size())));
        }
        return cut;
    }
}
