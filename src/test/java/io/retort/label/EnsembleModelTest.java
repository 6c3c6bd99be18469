package io.retort.label;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.retort.label.EnsembleModel.Average;
import io.retort.predict.Model;
import io.retort.predict.Model.ModelHandle;
import io.retort.predict.RowBatch;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class EnsembleModelTest {
    private static final List<String> EVENTS = new ArrayList<>();

    /** Says the same of every sample. */
    private record Fixed(String fingerprint, List<Float> row) implements ModelHandle {
        @Override
        public Model open(int threads) {
            if (row.isEmpty()) {
                throw new IllegalStateException("no such model");
            }
            return new Model() {
                @Override
                public float[] predict(RowBatch given) {
                    int batch = given.size();
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

    private static ModelHandle fixed(String name, double first, double second) {
        return new Fixed(name, List.of((float) first, (float) second));
    }

    private static float[] said(Average average, int batch, ModelHandle... members) {
        return said(average, batch, Collections.nCopies(members.length, 1.0), members);
    }

    private static float[] said(Average average, int batch, List<Double> weights, ModelHandle... members) {
        try (Model teacher = source(average, weights, members).open(1)) {
            return teacher.predict(RowBatch.of(new float[batch], batch));
        }
    }

    private static ModelHandle source(Average average, List<Double> weights, ModelHandle... members) {
        return new EnsembleModel.Handle(List.of(members), weights, average);
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
    void weighsItsMembers() {
        ModelHandle sure = fixed("a", Math.log(9), 0); // (9/10, 1/10)
        ModelHandle unsure = fixed("b", 0, 0); // (1/2, 1/2)
        // 3 : 1 of logits is (3/4 ln 9, 0) = (ln 27 / 2, 0); of probabilities 3/4 · 9/10 + 1/4 · 1/2 = 4/5
        assertThat(said(Average.LOGITS, 1, List.of(3.0, 1.0), sure, unsure))
                .containsExactly(new float[] {(float) Math.log(27) / 2, 0}, within(1e-6f));
        assertThat(said(Average.PROBABILITIES, 1, List.of(3.0, 1.0), sure, unsure))
                .containsExactly(new float[] {(float) Math.log(0.8), (float) Math.log(0.2)}, within(1e-6f));
    }

    @Test
    void oneTeacherTwiceSaysWhatItSaysAlone() {
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 50; i++) {
            List<Float> row = IntStream.range(0, 7)
                    .mapToObj(c -> (float) (20 * random.nextGaussian()))
                    .toList();
            ModelHandle one = new Fixed("a", row);
            List<Double> weights = List.of(random.nextDouble(0.1, 5), random.nextDouble(0.1, 5));
            float[] alone = said(Average.LOGITS, 1, one, one);
            for (int c = 0; c < alone.length; c++) {
                assertThat(alone[c]).isEqualTo(row.get(c));
            }
            // log-probabilities: the same softmax, not the same logits; two roundings of values up to about 100
            assertThat(softmax(said(Average.PROBABILITIES, 1, weights, one, one)))
                    .containsExactly(softmax(alone), within(1e-5));
            assertThat(softmax(said(Average.LOGITS, 1, weights, one, one)))
                    .containsExactly(softmax(alone), within(1e-5));
        }
    }

    private static double[] softmax(float[] logits) {
        double[] exponentials = new double[logits.length];
        double greatest = Double.NEGATIVE_INFINITY;
        for (float logit : logits) {
            greatest = Math.max(greatest, logit);
        }
        for (int c = 0; c < logits.length; c++) {
            exponentials[c] = Math.exp(logits[c] - greatest);
        }
        double sum = Arrays.stream(exponentials).sum();
        return Arrays.stream(exponentials).map(each -> each / sum).toArray();
    }

    @Test
    void aMemberThatIsSureOfTheOppositeSpoilsOnlyTheMeanOfLogits() {
        ModelHandle mild = fixed("a", 1, 0);
        ModelHandle other = fixed("b", 1.5, 0);
        ModelHandle opposite = fixed("c", 0, 40);
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
    void isAnotherTeacherWithAnotherAverageOrOtherMembersOrderOrWeights() {
        ModelHandle a = fixed("a", 0, 1);
        ModelHandle b = fixed("b", 0, 1);
        ModelHandle c = fixed("c", 0, 1);
        List<Double> equal = List.of(1.0, 1.0);
        assertThat(Stream.of(
                                source(Average.LOGITS, equal, a, b),
                                source(Average.PROBABILITIES, equal, a, b),
                                source(Average.LOGITS, equal, a, c),
                                source(Average.LOGITS, equal, b, a),
                                source(Average.LOGITS, List.of(2.0, 1.0), a, b),
                                source(Average.LOGITS, List.of(1.0, 2.0), a, b),
                                source(Average.LOGITS, List.of(1.0, 1.0, 1.0), a, b, c))
                        .map(ModelHandle::fingerprint)
                        .distinct())
                .hasSize(7);
        assertThat(source(Average.LOGITS, List.of(3.0, 3.0), a, b).fingerprint())
                .isEqualTo(source(Average.LOGITS, equal, a, b).fingerprint());
    }

    @Test
    void travelsToExecutors() throws IOException, ClassNotFoundException {
        ModelHandle sent = source(Average.PROBABILITIES, List.of(1.0, 3.0), fixed("a", 2, 1), fixed("b", 0, 1));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        new ObjectOutputStream(bytes).writeObject(sent);
        ModelHandle received =
                (ModelHandle) new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray())).readObject();
        assertThat(received).isEqualTo(sent);
        assertThat(received.fingerprint()).isEqualTo(sent.fingerprint());
    }

    @Test
    void closesItsMembersAlsoWhereOneCannotBeOpened() {
        EVENTS.clear();
        said(Average.LOGITS, 1, fixed("a", 0, 1), fixed("b", 0, 1));
        assertThat(EVENTS).containsExactly("close a", "close b");
        EVENTS.clear();
        ModelHandle broken =
                source(Average.LOGITS, List.of(1.0, 1.0), fixed("a", 0, 1), new Fixed("broken", List.of()));
        assertThatThrownBy(() -> broken.open(1)).hasMessage("no such model");
        assertThat(EVENTS).containsExactly("close a");
    }

    @Test
    void refusesMembersThatDoNotGoTogether() {
        ModelHandle a = fixed("a", 0, 1);
        assertThatThrownBy(() -> source(Average.LOGITS, List.of(1.0), a))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("members must be at least two teachers, was 1");
        assertThatThrownBy(() -> source(Average.LOGITS, List.of(1.0), a, a))
                .hasMessage("weights must be one for each of the 2 members, was [1.0]");
        assertThatThrownBy(() -> source(Average.LOGITS, List.of(1.0, Double.NaN), a, a))
                .hasMessage("weights must be finite and > 0, was [1.0, NaN]");
        assertThatThrownBy(() -> source(Average.LOGITS, List.of(1.0, 0.0), a, a))
                .hasMessage("weights must be finite and > 0, was [1.0, 0.0]");
        assertThatThrownBy(() -> said(Average.LOGITS, 2, a, new Fixed("b", List.of(1f, 2f, 3f))))
                .hasMessage(
                        "the members of an ensemble must know the same classes, but for 2 samples one gives 4 logits and"
                                + " another 6");
    }
}
