package io.retort.search;

import static org.assertj.core.api.Assertions.assertThat;

import io.retort.report.ScoreUnit;
import io.retort.search.SearchReport.SearchSection;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class VerdictTest {
    /** Differences of 4, 5 and 6 points: s is 1 point, and the quantile of 2 degrees of freedom 4.303. */
    @Test
    void comparesOverSeeds() {
        assertThat(verdict(searches(0.84, 0.85, 0.86), searches(0.8, 0.8, 0.8)))
                .isEqualTo(
                        "evolution, best candidate against random search's: +5.00 [+2.52, +7.48] over 3 seeds: better"
                                + " than random");
    }

    /** Where all candidates of a search diverge, it has none. */
    @Test
    void aSeedWithoutACandidateDoesNotCount() {
        assertThat(verdict(searches(0.85, Double.NaN, 0.7), searches(0.8, 0.8, Double.NaN)))
                .contains("+5.00")
                .endsWith(" on one seed, which decides nothing; name three seeds or more");
        assertThat(verdict(searches(0.85, Double.NaN), searches(Double.NaN, 0.8)))
                .isEqualTo(
                        "evolution and random search cannot be compared: with no seed did both train a candidate to its"
                                + " end");
    }

    private static String verdict(List<SearchSection> own, List<SearchSection> random) {
        return Verdict.of(ScoreUnit.of("accuracy"), own, random);
    }

    /** @param best scores; NaN where there is none */
    private static List<SearchSection> searches(double... best) {
        return DoubleStream.of(best)
                .mapToObj(score -> new SearchSection(
                        "evolution",
                        1,
                        Double.isNaN(score) ? OptionalDouble.empty() : OptionalDouble.of(score),
                        0,
                        List.of(),
                        List.of()))
                .toList();
    }
}
