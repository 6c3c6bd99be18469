package io.retort.search;

import io.retort.network.Structure;
import io.retort.search.Pieces.Piece;
import io.retort.search.SearchReport.LatencySection;
import io.retort.search.SearchSpace.Candidate;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.apache.commons.math3.stat.correlation.SpearmansCorrelation;

/**
 * Fills a table of latencies before anything is trained, and sets its predictions beside measurements of whole
 * networks.
 */
final class LatencyCheck {
    /** So many candidates without a new piece end the drawing; those that come later are measured when they do. */
    private static final int MOST_KNOWN = 100;

    private static final int MOST_DRAWS = 2_000;
    private static final int NETWORKS = 20;
    private static final int LEAST_NETWORKS = 3;

    private LatencyCheck() {}

    /**
     * Measures.
     *
     * @param space with the candidates that all other limits allow
     */
    static LatencySection of(LatencyTable table, Costs costs, SearchSpace space) {
        SplittableRandom random = new SplittableRandom(0);
        Set<Piece> pieces = new LinkedHashSet<>();
        Set<Structure> networks = new LinkedHashSet<>();
        int known = 0;
        for (int draw = 0; draw < MOST_DRAWS && known < MOST_KNOWN; draw++) {
            Candidate candidate = space.any(random);
            int before = pieces.size();
            if (space.feasible().test(candidate)) {
                Structure network = costs.structure(candidate).orElseThrow();
                pieces.addAll(Pieces.of(network));
                networks.add(network);
            }
            known = pieces.size() > before ? 0 : known + 1;
        }
        table.measure(pieces);
        return of(table, pieces.size(), networks.stream().limit(NETWORKS).toList());
    }

    private static LatencySection of(LatencyTable table, int pieces, List<Structure> networks) {
        double[] predicted = networks.stream().mapToDouble(table::predicted).toArray();
        double[] measured = table.measured(networks);
        double error = IntStream.range(0, predicted.length)
                .mapToDouble(i -> Math.abs(predicted[i] - measured[i]) / measured[i])
                .average()
                .orElse(0);
        return new LatencySection(pieces, predicted.length, rankCorrelation(predicted, measured), error);
    }

    /** Spearman's; 0 of fewer than three, and where all of one are equal. */
    static double rankCorrelation(double[] one, double[] other) {
        double correlation =
                one.length < LEAST_NETWORKS ? Double.NaN : new SpearmansCorrelation().correlation(one, other);
        return Double.isNaN(correlation) ? 0 : correlation;
    }

    /** One sentence. */
    static String text(LatencySection latency) {
        return String.format(
                Locale.ROOT,
                "latency, the sum of %,d measured pieces, against %d whole networks: rank correlation %.2f, mean error"
                        + " %.0f %%",
                latency.pieces(),
                latency.networks(),
                latency.rankCorrelation(),
                100 * latency.meanError());
    }
}
