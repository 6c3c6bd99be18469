package io.retort.compress.prune;

import io.retort.compress.CompressionContext;
import io.retort.network.Network;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;

/** Judges channels by lot: what any other importance must beat. */
final class RandomImportance implements Importance {
    @Override
    public Map<Integer, Double> scores(Network network, ChannelDependencies layout, CompressionContext context) {
        SplittableRandom random = new SplittableRandom(context.seed() + context.step());
        Map<Integer, Double> scores = new HashMap<>();
        for (ChannelDependencies.Group group : layout.groups()) {
            group.units().forEach(unit -> scores.put(unit, random.nextDouble()));
        }
        return scores;
    }
}
