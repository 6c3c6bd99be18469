package io.retort.compress;

import io.retort.network.Structure;
import java.util.List;

/**
 * What a stage makes of a structure, as far as that can be told without weights.
 *
 * @param possible structures that may come of it; between them they have every layer that may
 * @param certainty whether weights have a say
 */
public record Effect(List<Structure> possible, Certainty certainty) {
    /** What decides which structure comes out. */
    public enum Certainty {
        /** The settings: there is one. */
        SETTINGS_DECIDE,
        /** The weights too: those that are possible are examples. */
        WEIGHTS_DECIDE
    }

    public Effect {
        possible = List.copyOf(possible);
    }

    public static Effect exactly(Structure structure) {
        return new Effect(List.of(structure), Certainty.SETTINGS_DECIDE);
    }

    public static Effect like(Structure... examples) {
        return new Effect(List.of(examples), Certainty.WEIGHTS_DECIDE);
    }
}
