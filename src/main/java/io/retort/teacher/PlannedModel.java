package io.retort.teacher;

import io.retort.label.TextLengths;
import io.retort.predict.ModelFacts;
import io.retort.predict.ModelHandle;
import io.retort.predict.OutputKind;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;

/**
 * A model of a teacher that was made elsewhere: it is asked, and nothing is known of its layers.
 *
 * @param title what progress, manifest and report call it
 * @param model gives its output as it is
 * @param otherScales the same with another scale of an input, by what its recipe would have
 * @param kind of the output, where the recipe declares it
 * @param description what its file shows, for people
 * @param texts gives the lengths of the texts that it reads; nothing where it reads no tokens
 * @param embedding the width of what it gives, where that is no scores but features for a classifier
 */
public record PlannedModel(
        String title,
        ModelHandle model,
        Map<String, ModelHandle> otherScales,
        ModelFacts facts,
        Optional<OutputKind> kind,
        List<String> description,
        Optional<TextLengths> texts,
        OptionalInt embedding) {
    public PlannedModel {
        otherScales = new TreeMap<>(otherScales);
        description = List.copyOf(description);
    }

    /** A model that gives scores and reads no tokens. */
    public PlannedModel(
            String title,
            ModelHandle model,
            Map<String, ModelHandle> otherScales,
            ModelFacts facts,
            Optional<OutputKind> kind,
            List<String> description) {
        this(title, model, otherScales, facts, kind, description, Optional.empty(), OptionalInt.empty());
    }
}
