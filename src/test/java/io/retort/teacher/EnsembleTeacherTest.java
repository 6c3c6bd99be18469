package io.retort.teacher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.retort.teacher.EnsembleTeacher.Average;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class EnsembleTeacherTest {
    private static final List<String> EVENTS = new ArrayList<>();

    /** Says the same of every sample. */
    private record Fixed(String fingerprint, List<Float> row) implements TeacherSource {
        @Override
        public Teacher open(int threads) {
            if (row.isEmpty()) {
                throw new IllegalStateException("no such model");
            }
            return new Teacher() {
                @Override
                public float[] logits(float[] rawFeatures, int batch) {
                    float[] logits = new float[batch * row.size()];
                    for (int i = 0; i < logits.length; i++) {
                        logits[i] = row.get(i % row.size());
                    }
                    return logits;
                }

                @Override
                public void close() {
                    EVENTS.add("close " + fingerprint);
                }
            };
        }
    }

    private static TeacherSource fixed(String name, double first, double second) {
        return new Fixed(name, List.of((float) first, (float) second));
    }

    private static float[] said(Average average, int batch, TeacherSource... members) {
        try (Teacher teacher = new EnsembleTeacher.Source(List.of(members), average).open(1)) {
            return teacher.logits(new float[batch], batch);
        }
    }

    @Test
    void averagesLogits() {
        assertThat(said(Average.LOGITS, 2, fixed("a", 3, -1), fixed("b", 1, 5))).containsExactly(2, 2, 2, 2);
    }

    @Test
    void averagesProbabilities() {
        // (ln 3, 0) is (3/4, 1/4) and (0, ln 9) + 5 is (1/10, 9/10): the mean is (17/40, 23/40)
        float[] logits = said(Average.PROBABILITIES, 2, fixed("a", Math.log(3), 0), fixed("b", 5, 5 + Math.log(9)));
        float first = (float) Math.log(17.0 / 40);
        float second = (float) Math.log(23.0 / 40);
        assertThat(logits).containsExactly(new float[] {first, second, first, second}, within(1e-6f));
    }

    @Test
    void aMemberThatIsSureOfTheOppositeSpoilsOnlyTheMeanOfLogits() {
        TeacherSource mild = fixed("a", 1, 0);
        TeacherSource other = fixed("b", 1.5, 0);
        TeacherSource opposite = fixed("c", 0, 40);
        assertThat(first(said(Average.LOGITS, 1, mild, other, opposite))).isLessThan(0.01);
        assertThat(first(said(Average.PROBABILITIES, 1, mild, other, opposite))).isCloseTo(0.516, within(1e-3));
    }

    private static double first(float[] logits) {
        return 1 / (1 + Math.exp(logits[1] - logits[0]));
    }

    @Test
    void staysFiniteWhereProbabilitiesVanish() {
        float[] logits = said(Average.PROBABILITIES, 1, fixed("a", 2000, -2000), fixed("b", 3000, 0));
        assertThat(logits[0]).isCloseTo(0, within(1e-6f));
        assertThat(logits[1]).isCloseTo((float) (-3000 - Math.log(2)), within(1e-3f));
    }

    @Test
    void isAnotherTeacherWithAnotherAverageOrOtherMembers() {
        TeacherSource a = fixed("a", 0, 1);
        TeacherSource b = fixed("b", 0, 1);
        TeacherSource c = fixed("c", 0, 1);
        assertThat(List.of(
                                new EnsembleTeacher.Source(List.of(a, b), Average.LOGITS),
                                new EnsembleTeacher.Source(List.of(a, b), Average.PROBABILITIES),
                                new EnsembleTeacher.Source(List.of(a, c), Average.LOGITS),
                                new EnsembleTeacher.Source(List.of(a, b, c), Average.LOGITS))
                        .stream()
                        .map(TeacherSource::fingerprint)
                        .distinct())
                .hasSize(4);
    }

    @Test
    void closesItsMembersAlsoWhereOneCannotBeOpened() {
        EVENTS.clear();
        said(Average.LOGITS, 1, fixed("a", 0, 1), fixed("b", 0, 1));
        assertThat(EVENTS).containsExactly("close a", "close b");
        EVENTS.clear();
        TeacherSource broken =
                new EnsembleTeacher.Source(List.of(fixed("a", 0, 1), new Fixed("broken", List.of())), Average.LOGITS);
        assertThatThrownBy(() -> broken.open(1)).hasMessage("no such model");
        assertThat(EVENTS).containsExactly("close a");
    }

    @Test
    void refusesMembersThatDoNotGoTogether() {
        TeacherSource a = fixed("a", 0, 1);
        assertThatThrownBy(() -> new EnsembleTeacher.Source(List.of(a), Average.LOGITS))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("members must be at least two teachers, was 1");
        assertThatThrownBy(() -> new EnsembleTeacher.Source(List.of(a, fixed("a", 3, 4)), Average.LOGITS))
                .hasMessage("members must differ, two are the same teacher; give each a seed of its own");
        assertThatThrownBy(() -> said(Average.LOGITS, 2, a, new Fixed("b", List.of(1f, 2f, 3f))))
                .hasMessage(
                        "the members of an ensemble must know the same classes, but for 2 samples one gives 4 logits and"
                                + " another 6");
    }
}
