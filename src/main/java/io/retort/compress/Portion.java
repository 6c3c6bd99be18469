package io.retort.compress;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

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
     * @param samples that the portions have together, where those shards have as many
     */
    public static List<Portion> of(List<Integer> sizes, int samples) {
        int used = Math.min(sizes.size(), Math.max(LEAST_SHARDS, 1 + (samples - 1) / Math.max(1, sizes.get(0))));
        List<Integer> shards = IntStream.range(0, used)
                .mapToObj(i -> (int) ((long) i * sizes.size() / used))
                .toList();
        List<Portion> portions = new ArrayList<>();
        int left = samples;
        int others = used;
        // What a small shard lacks, larger ones have.
        for (int shard :
                shards.stream().sorted(Comparator.comparing(sizes::get)).toList()) {
            int share = (left + others - 1) / others--;
            int count = Math.min(share, sizes.get(shard));
            if (count > 0) {
                portions.add(new Portion(shard, count));
            }
            left -= count;
        }
        portions.sort(Comparator.comparing(Portion::shard));
        return List.copyOf(portions);
    }
}
