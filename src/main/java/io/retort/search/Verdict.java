package io.retort.search;

import io.retort.report.ScoreUnit;
import io.retort.search.SearchReport.SearchSection;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.apache.commons.math3.distribution.TDistribution;
import org.apache.commons.math3.stat.StatUtils;

/** The comparison of a strategy with random search of the same budget, limits and seeds. */
final class Verdict {
    private Verdict() {}

    /**
     * One sentence. Over n ≥ 2 seeds, with the differences d of the best validation scores, mean {@code d̄} and standard
     * deviation s, the interval is {@code d̄ ± t · s / √n}, t the 0.975 quantile of Student's distribution with n − 1
     * degrees of freedom; where it holds 0, the strategy is no better than random. A seed counts where both searches
     * trained a candidate to its end.
     *
     * @param own the search of each seed
     * @param random those of random search
     */
    static String of(ScoreUnit unit, List<SearchSection> own, List<SearchSection> random) {
        String strategy = own.get(0).strategy();
        double[] differences = IntStream.range(0, own.size())
                .filter(i ->
                        own.get(i).best().isPresent() && random.get(i).best().isPresent())
                .mapToDouble(i ->
                        own.get(i).best().getAsDouble() - random.get(i).best().getAsDouble())
                .toArray();
        if (differences.length == 0) {
            return strategy
                    + " and random search cannot be compared: with no seed did both train a candidate to its end";
        }
        double mean = StatUtils.mean(differences);
        String gain = String.format(
                Locale.ROOT, "%s, best candidate against random search's: %s", strategy, unit.difference(mean));
        int seeds = differences.length;
        if (seeds == 1) {
            return gain + " on one seed, which decides nothing; name three seeds or more";
        }
        double half = new TDistribution(seeds - 1).inverseCumulativeProbability(0.975)
                * Math.sqrt(StatUtils.variance(differences) / seeds);
        String verdict = mean - half > 0
                ? "better than random"
                : mean + half < 0 ? "worse than random" : "no better than random";
        return String.format(
                Locale.ROOT,
                "%s [%s, %s] over %d seeds: %s",
                gain,
                unit.difference(mean - half),
                unit.difference(mean + half),
                seeds,
                verdict);
    }
}
