package io.retort.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.retort.report.Figures;
import io.retort.report.Figures.LatencySection;
import io.retort.report.OverSeeds;
import io.retort.report.Report.MostFrequentClass;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class ResultWarningsTest {
    private static final List<String> NAMES = List.of("no", "yes");
    private static final List<List<Long>> NEVER = List.of(List.of(381L, 0L), List.of(19L, 0L));
    private static final List<List<Long>> SOME = List.of(List.of(380L, 1L), List.of(15L, 4L));

    @Test
    void tellOfAClassThatIsNeverPredictedAndOfAnAccuracyThatAConstantReaches() {
        assertThat(of("student 'small'", List.of(NEVER)))
                .containsExactly(
                        "student 'small' never predicts class 'yes', of which there are 19 held-out samples",
                        "student 'small' has an accuracy of 95.25 %, and to answer always 'no' would have 95.25 %: it has learned"
                                + " nothing that accuracy shows; class-weights of cross-entropy let rare classes count more");
        assertThat(of("student 'small'", List.of(SOME))).isEmpty();
    }

    @Test
    void sayInHowManySeeds() {
        assertThat(of("student 'small'", List.of(SOME, NEVER, NEVER)))
                .containsExactly(
                        "student 'small' never predicts class 'yes', of which there are 19 held-out samples, in 2 of 3 seeds");
    }

    @Test
    void areSilentOfAClassThatIsNotThere() {
        assertThat(of("the teacher", List.of(List.of(List.of(30L, 10L), List.of(0L, 0L)))))
                .containsExactly(
                        "the teacher has an accuracy of 75.00 %, and to answer always 'no' would have 95.25 %: it has learned"
                                + " nothing that accuracy shows; balanced accuracy shows more");
    }

    @Test
    void proposeClassWeightsWhereClassesAreUnequalOnly() {
        assertThat(of("the teacher", 0.56, List.of(List.of(List.of(10L, 46L), List.of(10L, 34L)))))
                .containsExactly(
                        "the teacher has an accuracy of 44.00 %, and to answer always 'no' would have 56.00 %: it has learned"
                                + " nothing that accuracy shows");
    }

    private static List<String> of(String name, List<List<List<Long>>> confusions) {
        return of(name, 381 / 400.0, confusions);
    }

    private static List<String> of(String name, double mostShare, List<List<List<Long>>> confusions) {
        OverSeeds network = new OverSeeds(
                confusions.stream().map(ResultWarningsTest::figures).toList());
        return ResultWarnings.of(name, network, NAMES, new MostFrequentClass("no", mostShare));
    }

    private static Figures figures(List<List<Long>> confusion) {
        long samples = confusion.stream()
                .flatMap(List::stream)
                .mapToLong(Long::longValue)
                .sum();
        double accuracy = (double) (confusion.get(0).get(0) + confusion.get(1).get(1)) / samples;
        return new Figures(
                accuracy,
                1,
                OptionalLong.of(1),
                OptionalLong.of(1),
                OptionalLong.of(1),
                new LatencySection(1, 1, 1),
                Map.of("accuracy", accuracy),
                confusion);
    }
}
