package io.retort.compress;

import java.util.ArrayList;
import java.util.List;

/**
 * What is looked at of a shard: its first {@code count} samples.
 *
 * @param shard its place in the list of shards
 */
public record Portion(int shard, int count) {
    /** Files that are sorted by class give shards of few classes each. */
    private static final int LEAST_SHARDS = 16;

    /**
     * About equal portions of shards that lie evenly in the list, of all of it where it is short.
     *
     * @param sizes samples of each shard
     * @param samples that the portions have together, where there are as many
     */
    public static List<Portion> of(List<Integer> sizes, int samples) {
        int used = Math.min(sizes.size(), Math.max(LEAST_SHARDS, 1 + (samples - 1) / sizes.get(0)));
        List<Portion> portions = new ArrayList<>();
        int left = samples;
        for (int i = 0; i < used; i++) {
            int shard = (int) ((long) i * sizes.size() / used);
            int share = (left + used - i - 1) / (used - i);
            int count = Math.min(share, sizes.get(shard));
            if (count > 0) {
                portions.add(new Portion(shard, count));
            }
            left -= count;
        }
        return List.copyOf(portions);
    }
}
