package io.retort.compress;

import io.retort.compress.Compressor.UnreachableException;
import io.retort.compress.CompressorSettings.AccuracyConstraint;
import io.retort.config.Names;
import io.retort.config.SettingException;
import io.retort.network.Structure;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The structures that a network may have, as far as settings determine them: so that settings that can never work are
 * refused in seconds, before anything is trained.
 *
 * <p>Several structures may come to a stage: those that weights decide on, and those of stages before it that are
 * rolled back. A stage must be possible with one of them, and a name counts as known where a layer has it in one.
 *
 * @param possible structures; the first is that of the network if all stages are kept, or an example of it
 * @param certainty whether there may be others
 */
public record PossibleStructures(List<Structure> possible, Certainty certainty) {
    /** What decides which structure there is. */
    public enum Certainty {
        /** The settings: there is no other. */
        SETTINGS_DECIDE,
        /** The weights too: the possible ones are examples, which between them have every layer that there may be. */
        WEIGHTS_DECIDE
    }

    public PossibleStructures {
        possible = List.copyOf(possible);
    }

    /** One structure, whatever the weights. */
    public static PossibleStructures of(Structure structure) {
        return new PossibleStructures(List.of(structure), Certainty.SETTINGS_DECIDE);
    }

    /** Examples of structures among which weights decide. */
    public static PossibleStructures like(Structure... examples) {
        return new PossibleStructures(List.of(examples), Certainty.WEIGHTS_DECIDE);
    }

    /**
     * The effect of a stage that changes numbers and not the structure.
     *
     * @throws UnreachableException where {@code except} names all layers that the stage may change, or there are none
     */
    public static PossibleStructures onNumbersOnly(CompressorSettings settings, Structure structure) {
        List<String> layers = settings.layers(structure);
        if (layers.isEmpty()) {
            throw new UnreachableException("", "there is no layer that " + settings.verb() + "; leave the stage out");
        }
        if (settings.except().containsAll(layers)) {
            throw new UnreachableException("except", "names every layer that " + settings.verb() + "; leave some out");
        }
        return of(structure);
    }

    /**
     * The structures that a network may have after a stage.
     *
     * @throws SettingException where the stage can never reach its settings
     */
    public PossibleStructures after(CompressorSettings stage) {
        requireNames(stage);
        Set<Structure> next = new LinkedHashSet<>();
        List<UnreachableException> refusals = new ArrayList<>();
        Certainty then = certainty;
        for (Structure structure : possible) {
            try {
                PossibleStructures effect = stage.effect(structure);
                next.addAll(effect.possible());
                then = effect.certainty() == Certainty.WEIGHTS_DECIDE ? Certainty.WEIGHTS_DECIDE : then;
            } catch (UnreachableException e) {
                refusals.add(e);
            }
        }
        if (next.isEmpty()) {
            if (certainty == Certainty.SETTINGS_DECIDE) {
                throw refusals.get(0);
            }
            next.addAll(possible); // other weights may allow it; otherwise the floor's rule holds
        }
        if (stage.floor().onBreak() == AccuracyConstraint.OnBreak.ROLL_BACK) {
            next.addAll(possible);
        }
        return new PossibleStructures(new ArrayList<>(next), then);
    }

    private void requireNames(CompressorSettings stage) {
        Set<String> known = new LinkedHashSet<>();
        possible.forEach(structure -> known.addAll(stage.layers(structure)));
        for (String name : stage.except()) {
            if (!known.contains(name)) {
                throw new SettingException(
                        "except",
                        "names '" + name + "', which is no layer that "
                                + stage.verb() + "; "
                                + Names.nearest(name, known)
                                        .map(near -> "did you mean '" + near + "'? ")
                                        .orElse("")
                                + "those are " + known);
            }
        }
    }
}
