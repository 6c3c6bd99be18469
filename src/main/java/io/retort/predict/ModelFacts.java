package io.retort.predict;

import java.util.List;
import java.util.OptionalLong;
import java.util.function.Function;

/**
 * What a model takes up, as far as it is known: a model from elsewhere may say nothing of it.
 *
 * @param parameters that an optimiser moves
 * @param macs multiply-accumulate operations for a row
 * @param bytes of its files
 */
public record ModelFacts(OptionalLong parameters, OptionalLong macs, OptionalLong bytes) {
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
