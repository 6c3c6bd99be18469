package io.retort.compress;

import io.retort.network.Structure;
import java.util.List;

/**
 * What a stage makes of a structure, as far as that can be told without weights.
 *
 * @param possible structures that may come of it; between them they have every layer that may
 * @param certainty whether weights have a say
 */
public record StageEffect(List<Structure> possible, Certainty certainty) {
    /** What decides which structure comes out. */
    public enum Certainty {
        /** The settings: there is one. */
        SETTINGS_DECIDE,
        /** The weights too: those that are possible are examples. */
        WEIGHTS_DECIDE
    }

    public StageEffect {
        possible = List.copyOf(possible);
    }

    public static StageEffect exactly(Structure structure) {
        return new StageEffect(List.of(structure), Certainty.SETTINGS_DECIDE);
    }

    /**
     * Of a stage that changes numbers and not the structure.
     *
     * @throws UnreachableException where {@code except} names all layers that the stage may change, or there are none
     */
    public static StageEffect onNumbersOnly(CompressorSettings settings, Structure structure) {
        List<String> layers = settings.layers(structure);
        if (layers.isEmpty()) {
            throw new UnreachableException("", "there is no layer that " + settings.verb() + "; leave the stage out");
        }
        if (settings.except().containsAll(layers)) {
            throw new UnreachableException("except", "names every layer that " + settings.verb() + "; leave some out");
        }
        return exactly(structure);
    }

    public static StageEffect like(Structure... examples) {
        return new StageEffect(List.of(examples), Certainty.WEIGHTS_DECIDE);
    }
}
