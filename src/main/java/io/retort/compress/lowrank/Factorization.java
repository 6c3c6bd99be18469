package io.retort.compress.lowrank;

import io.retort.compress.lowrank.Factorizer.Factor;
import io.retort.config.Decimals;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * A product that may take a layer's place.
 *
 * @param ranks none where even rank 1 takes more MACs than are allowed
 */
record Factorization(WeightedLayer place, Factorizer factorizer, List<Integer> ranks) {
    /** The product of the ranks that the settings ask for. */
    static Factorization of(LowRank.Settings settings, WeightedLayer place, long seed) {
        Factorizer factorizer = factorizer(settings.method(), place, seed);
        double keep = settings.keep();
        List<Integer> ranks = switch (settings.rankBy()) {
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
            case MACS -> greatest(factorizer, Decimals.most(keep, place.macs()));
        };
        return new Factorization(place, factorizer, ranks);
    }

    /** The product of rank 1: where it does not pay, no other does. */
    static Factorization least(LowRank.Settings settings, WeightedLayer place) {
        Factorizer factorizer = factorizer(settings.method(), place, 0);
        return new Factorization(place, factorizer, ones(factorizer));
    }

    private static List<Integer> ones(Factorizer factorizer) {
        return factorizer.fullRanks().stream().map(rank -> 1).toList();
    }

    private static Factorizer factorizer(LowRank.Method method, WeightedLayer place, long seed) {
        if (place.kernelArea() == 1) {
            return new MatrixFactorizer.ByChannel(place);
        }
        return switch (method) {
            case SPATIAL -> new MatrixFactorizer.BySpace(place);
            case CHANNEL -> new MatrixFactorizer.ByChannel(place);
            case TUCKER -> new TuckerFactorizer(place);
            case POLYADIC -> new CpFactorizer(place, seed);
        };
    }

    private static List<Integer> part(List<Integer> full, double part) {
        return full.stream().map(rank -> Math.max(1, Decimals.part(part, rank))).toList();
    }

    /** The greatest ranks, all the same part of the full ones, that take no more MACs; none where none do. */
    private static List<Integer> greatest(Factorizer factorizer, long macs) {
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

    List<Factor.Form> forms() {
        return factorizer.forms(ranks);
    }

    List<Factor> pieces() {
        return factorizer.pieces(ranks);
    }

    /** Whether it has fewer MACs and fewer weights than the layer. */
    boolean pays() {
        return !ranks.isEmpty()
                && factorizer.macs(ranks) < place.macs()
                && weights() < place.weight().values().length;
    }

    private long weights() {
        return forms().stream().mapToLong(Factor.Form::weights).sum();
    }

    /** For the report. */
    String words() {
        if (ranks.isEmpty()) {
            return String.format(
                    Locale.ROOT,
                    "left: even rank 1 takes %,d of its %,d MACs",
                    factorizer.macs(ones(factorizer)),
                    place.macs());
        }
        String rank = "rank " + text(factorizer.possible(ranks)) + " of " + text(factorizer.fullRanks());
        long macs = factorizer.macs(ranks);
        return pays()
                ? String.format(Locale.ROOT, "%s, %,d of %,d MACs", rank, macs, place.macs())
                : String.format(
                        Locale.ROOT,
                        "left: %s would take %,d MACs and %,d weights instead of %,d and %,d",
                        rank,
                        macs,
                        weights(),
                        place.macs(),
                        place.weight().values().length);
    }

    private static String text(List<Integer> ranks) {
        return ranks.stream().map(String::valueOf).collect(Collectors.joining("x"));
    }
}
