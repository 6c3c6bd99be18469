package io.retort.compress.lowrank;

import io.retort.config.Decimals;
import java.util.List;

/** Which product takes a layer's place. */
final class RankSelection {
    private final LowRank.Settings settings;
    private final WeightedLayer place;
    private final Factorizer factorizer;

    RankSelection(LowRank.Settings settings, WeightedLayer place, long seed) {
        this.settings = settings;
        this.place = place;
        this.factorizer = factorizer(seed);
    }

    private Factorizer factorizer(long seed) {
        if (place.kernelArea() == 1) {
            return new ChannelFactorizer(place);
        }
        return switch (settings.method()) {
            case SPATIAL -> new SpatialFactorizer(place);
            case CHANNEL -> new ChannelFactorizer(place);
            case TUCKER -> new TuckerFactorizer(place);
            case POLYADIC -> new CpFactorizer(place, seed);
        };
    }

    /** Of the ranks that the settings ask for. */
    Factorization product() {
        double keep = settings.keep();
        return of(
                switch (settings.rankBy()) {
                    case RATIO -> part(factorizer.fullRanks(), keep);
                    case ENERGY ->
                        factorizer.spectra().stream()
                                .map(spectrum -> spectrum.rankOfEnergy(keep))
                                .toList();
                    case EVBMF ->
                        factorizer.spectra().stream()
                                .map(spectrum ->
                                        Math.max(1, Evbmf.rank(spectrum.values(), spectrum.rows(), spectrum.columns())))
                                .toList();
                    case MACS -> greatest(Decimals.most(keep, place.macs()));
                });
    }

    /** Of rank 1: where it does not pay, no other does. */
    Factorization least() {
        return of(factorizer.fullRanks().stream().map(rank -> 1).toList());
    }

    private Factorization of(List<Integer> ranks) {
        return new Factorization(place, factorizer, ranks);
    }

    private static List<Integer> part(List<Integer> full, double part) {
        return full.stream().map(rank -> Math.max(1, Decimals.part(part, rank))).toList();
    }

    /** The greatest ranks, all the same part of the full ones, that take no more MACs; none where none do. */
    private List<Integer> greatest(long macs) {
        List<Integer> full = factorizer.fullRanks();
        int parts = full.stream().mapToInt(Integer::intValue).max().orElseThrow();
        List<Integer> greatest = List.of();
        for (int part = 1; part <= parts; part++) {
            List<Integer> ranks = part(full, (double) part / parts);
            if (factorizer.macs(ranks) > macs) {
                break;
            }
            greatest = ranks;
        }
        return greatest;
    }
}
