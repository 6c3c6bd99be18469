package io.retort.compress.lowrank;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * A product that may take a layer's place.
 *
 * @param ranks none where even rank 1 takes more MACs than are allowed
 */
record Factorization(WeightedLayer place, Factorizer factorizer, List<Integer> ranks) {
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
                    factorizer.macs(
                            factorizer.fullRanks().stream().map(rank -> 1).toList()),
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
