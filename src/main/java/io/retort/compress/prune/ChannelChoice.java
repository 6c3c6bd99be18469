package io.retort.compress.prune;

import io.retort.config.Decimals;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Chooses the channels that go by their importance, of each group or of all. */
final class ChannelChoice implements BudgetSearch.Candidates {
    /** The resolution: the number of equal parts of the channels. */
    private static final int PARTS = 512;

    private final ChannelPruning.Settings settings;
    private final ChannelPruning.Scope scope;
    private final List<ChannelDependencies.Group> groups;
    private final Map<List<String>, Integer> before;
    private final Comparator<Integer> leastFirst;
    private final Map<Integer, Double> relative = new HashMap<>();

    /**
     * @param before the number of channels of each group before the first step, by its producers
     * @param scores of every unit of the groups
     */
    ChannelChoice(
            ChannelPruning.Settings settings,
            List<ChannelDependencies.Group> groups,
            Map<List<String>, Integer> before,
            Map<Integer, Double> scores) {
        this(settings, settings.scope(), groups, before, scores);
    }

    private ChannelChoice(
            ChannelPruning.Settings settings,
            ChannelPruning.Scope scope,
            List<ChannelDependencies.Group> groups,
            Map<List<String>, Integer> before,
            Map<Integer, Double> scores) {
        this.settings = settings;
        this.scope = scope;
        this.groups = groups;
        this.before = before;
        for (ChannelDependencies.Group group : groups) {
            double mean =
                    group.units().stream().mapToDouble(scores::get).average().orElseThrow();
            group.units().forEach(unit -> relative.put(unit, mean > 0 ? scores.get(unit) / mean : 1));
        }
        this.leastFirst = Comparator.<Integer>comparingDouble(relative::get).thenComparingInt(unit -> unit);
    }

    /** Where all channels are alike, and so each group loses the same part. */
    static ChannelChoice ofEqualChannels(ChannelPruning.Settings settings, List<ChannelDependencies.Group> groups) {
        Map<List<String>, Integer> before = new HashMap<>();
        Map<Integer, Double> scores = new HashMap<>();
        for (ChannelDependencies.Group group : groups) {
            before.put(group.producers(), group.units().size());
            group.units().forEach(unit -> scores.put(unit, 1.0));
        }
        return new ChannelChoice(settings, ChannelPruning.Scope.LAYER, groups, before, scores);
    }

    @Override
    public int count() {
        return PARTS;
    }

    @Override
    public Set<Integer> cut(int number) {
        return rounded((double) number / PARTS);
    }

    /**
     * Where each group loses the same part, what is left of it is rounded up to a multiple. Where channels of all
     * groups are compared, rounding up each group could leave far more than the part, so that the last cut that removes
     * no more than the part is taken.
     */
    @Override
    public Set<Integer> ofChannels(double part) {
        if (scope == ChannelPruning.Scope.LAYER || settings.multiple() == 1) {
            return rounded(part);
        }
        int had = before.values().stream().mapToInt(Integer::intValue).sum();
        int gone = had - groups.stream().mapToInt(group -> group.units().size()).sum();
        int number = PARTS;
        while (number > 0 && gone + cut(number).size() > Decimals.part(part, had)) {
            number--;
        }
        return cut(number);
    }

    private Set<Integer> rounded(double part) {
        Map<ChannelDependencies.Group, Integer> kept = new HashMap<>();
        if (scope == ChannelPruning.Scope.LAYER) {
            for (ChannelDependencies.Group group : groups) {
                int had = before.get(group.producers());
                kept.put(group, had - Decimals.part(part, had));
            }
        } else {
            keepGlobally(part, kept);
        }
        Set<Integer> cut = new HashSet<>();
        for (ChannelDependencies.Group group : groups) {
            List<Integer> units = sorted(group);
            cut.addAll(units.subList(0, units.size() - settings.allowed(kept.get(group), units.size())));
        }
        return cut;
    }

    private void keepGlobally(double part, Map<ChannelDependencies.Group, Integer> kept) {
        Map<Integer, ChannelDependencies.Group> owners = new HashMap<>();
        List<Integer> all = new ArrayList<>();
        int had = 0;
        for (ChannelDependencies.Group group : groups) {
            kept.put(group, group.units().size());
            group.units().forEach(unit -> owners.put(unit, group));
            all.addAll(group.units());
            had += before.get(group.producers());
        }
        all.sort(leastFirst);
        int left = Decimals.part(part, had) - (had - all.size());
        for (int unit : all) {
            if (left > 0 && kept.get(owners.get(unit)) > settings.minChannels()) {
                kept.merge(owners.get(unit), -1, Integer::sum);
                left--;
            }
        }
    }

    private List<Integer> sorted(ChannelDependencies.Group group) {
        List<Integer> units = new ArrayList<>(group.units());
        units.sort(leastFirst);
        return units;
    }
}
