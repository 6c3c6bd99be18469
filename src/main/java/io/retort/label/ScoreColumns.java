package io.retort.label;

import io.retort.predict.Model;
import io.retort.predict.Model.ModelHandle;
import io.retort.predict.OutputKind;
import io.retort.predict.RowBatch;
import io.retort.storage.Digest;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Scores that are in the data already as a model: asked about a row, it reads the row's scores.
 *
 * <p>With scores s of temperature T it gives {@code T·s} for logits and {@code T·log max(p, floor)} for probabilities p.
 * As {@code softmax(z/T) = p} fixes the logits z up to a constant of the row, which no softmax sees, a loss at
 * temperature T meets exactly p, and one at another temperature the distribution that the scorer would have given there,
 * up to the floor and to the digits that p was stored with. Numbers, which have no temperature, it gives as they are.
 *
 * @param order the place of each of the data's classes among the scores; none where the orders are the same
 * @param floor the least probability, where scores are probabilities or their logarithms
 * @param temperature that logits were divided by before they were stored, or before the softmax
 */
public record ScoreColumns(Scores scores, List<Integer> order, double floor, double temperature)
        implements ModelHandle, TeacherModel {
    public ScoreColumns {
        order = List.copyOf(order);
    }

    @Override
    public ModelHandle logits() {
        return this;
    }

    /** The scores as they are, in the data's order of classes: what is probed. */
    public ModelHandle raw() {
        return new Raw(this);
    }

    /** The mass that the scores of each row have; nothing where they are of all classes. */
    public Optional<ModelHandle> keptMass() {
        return scores instanceof Scores.Top top ? Optional.of(new KeptMass(top)) : Optional.empty();
    }

    @Override
    public String fingerprint() {
        Digest digest = new Digest().add("score-columns/1").add(scores);
        digest.add(order.stream().mapToInt(Integer::intValue).toArray()).add(temperature);
        return digest.add(scores.kind() == OutputKind.LOGITS ? 0 : floor).key();
    }

    @Override
    public Model open(int threads) {
        return new Reading(rows -> {
            float[] values = read(rows);
            if (scores.kind() != OutputKind.NUMBERS) {
                scores.kind().toLogits(values, floor);
            }
            for (int i = 0; temperature != 1 && i < values.length; i++) {
                values[i] = (float) (values[i] * temperature);
            }
            return values;
        });
    }

    private float[] read(RowBatch rows) {
        int classes = scores.classes();
        float[] all = new float[rows.size() * classes];
        float[] one = new float[classes];
        for (int row = 0; row < rows.size(); row++) {
            scores.read(rows, row, one);
            for (int c = 0; c < classes; c++) {
                all[row * classes + c] = one[order.isEmpty() ? c : order.get(c)];
            }
        }
        return all;
    }

    /** Answers by what it reads. */
    private record Reading(Function<RowBatch, float[]> read) implements Model {
        @Override
        public float[] predict(RowBatch rows) {
            return read.apply(rows);
        }

        @Override
        public void close() {}
    }

    private record Raw(ScoreColumns columns) implements ModelHandle {
        @Override
        public String fingerprint() {
            return new Digest().add("raw").add(columns.fingerprint()).key();
        }

        @Override
        public Model open(int threads) {
            return new Reading(columns::read);
        }
    }

    private record KeptMass(Scores.Top top) implements ModelHandle {
        @Override
        public String fingerprint() {
            return new Digest().add("kept-mass/1").add(top).key();
        }

        @Override
        public Model open(int threads) {
            return new Reading(rows -> {
                float[] masses = new float[rows.size()];
                for (int row = 0; row < masses.length; row++) {
                    masses[row] = top.keptMass(rows, row);
                }
                return masses;
            });
        }
    }
}
