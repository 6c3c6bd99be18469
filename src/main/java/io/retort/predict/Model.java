package io.retort.predict;

import java.io.Serializable;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Function;

/**
 * A model in inference mode that answers for rows as they came: whatever its input tensors need, it makes of the rows
 * itself.
 *
 * <p>One instance serves all tasks of a JVM at once, so both methods must be safe to call from several threads, and
 * {@link #predict} must neither change the model nor depend on earlier calls.
 */
public interface Model extends AutoCloseable {
    /**
     * The values that the model was opened for, of a batch: a classifier's logits, or the values of its taps side by
     * side.
     *
     * @return {@code [rows, width]}; a new array
     */
    float[] predict(RowBatch rows);

    /**
     * Whether it chooses itself which of the rows it computes together, so that it should be given many at once: texts
     * of about the same length need little padding.
     */
    default boolean choosesBatches() {
        return false;
    }

    @Override
    void close();

    /** What a process needs to open a {@link Model}: serializable, and the same on every machine. */
    interface ModelHandle extends Serializable {
        /**
         * Changes when, and only when, the model's answers may: a digest of its files and of how they are read. A name
         * in a store.
         */
        String fingerprint();

        /** Whether executors cannot open it. */
        default boolean isForTheDriver() {
            return false;
        }

        /** Opens the model; one call to {@link Model#predict} may use {@code threads} threads. */
        Model open(int threads);

        /**
         * The same model, as it should travel: what is larger than {@link ModelStore#MAX_TRAVELLING_BYTES} is left in a
         * store that executors read, and the rest is part of the handle. One that is small anyway, or knows its files
         * by their paths, is returned as it is.
         */
        default ModelHandle travelling(ModelStore store) {
            return this;
        }
    }

    /**
     * What a model takes up, as far as it is known: a model from elsewhere may say nothing of it.
     *
     * @param parameters that an optimiser moves
     * @param macs multiply-accumulate operations for a row
     * @param bytes of its files
     */
    record ModelFacts(OptionalLong parameters, OptionalLong macs, OptionalLong bytes) {
        public static ModelFacts of(long parameters, long macs, long bytes) {
            return new ModelFacts(OptionalLong.of(parameters), OptionalLong.of(macs), OptionalLong.of(bytes));
        }

        /** Those of a model of which only the files are known. */
        public static ModelFacts ofBytes(long bytes) {
            return new ModelFacts(OptionalLong.empty(), OptionalLong.empty(), OptionalLong.of(bytes));
        }

        /** Those of several models together; unknown where one is, or where there is no model. */
        public static ModelFacts sum(List<ModelFacts> models) {
            return new ModelFacts(
                    sum(models, ModelFacts::parameters), sum(models, ModelFacts::macs), sum(models, ModelFacts::bytes));
        }

        private static OptionalLong sum(List<ModelFacts> models, Function<ModelFacts, OptionalLong> fact) {
            boolean known = !models.isEmpty() && models.stream().map(fact).allMatch(OptionalLong::isPresent);
            return known
                    ? OptionalLong.of(models.stream()
                            .map(fact)
                            .mapToLong(OptionalLong::getAsLong)
                            .sum())
                    : OptionalLong.empty();
        }
    }
}
