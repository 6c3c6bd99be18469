package io.retort.compress;

import io.retort.compress.StageEffect.Certainty;
import io.retort.config.Names;
import io.retort.config.SettingException;
import io.retort.network.Structure;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What is known, before anything is trained, of the network that a stage will be given: so that settings that can never work are refused in seconds.
 *
 * <p>Several structures may come to a stage: those that weights decide on, and those of stages before it that are rolled back. What is asked of the stage must
 * be possible with one of them, and a name counts as known where a layer has it in one.
 *
 * @param possible structures; the first is what comes if all stages are kept, or is like it
 * @param certainty whether no others may come
 */
public record PossibleStructures(List<Structure> possible, Certainty certainty) {
    public PossibleStructures {
        possible = List.copyOf(possible);
    }

    /** Of the network that is trained. */
    public static PossibleStructures of(Structure structure) {
        return new PossibleStructures(List.of(structure), Certainty.SETTINGS_DECIDE);
    }

    /**
     * What is known after a stage.
     *
     * @throws SettingException where the stage can never do what its settings say
     */
    public PossibleStructures after(CompressorSettings stage) {
        requireNames(stage);
        Set<Structure> next = new LinkedHashSet<>();
        List<UnreachableException> refusals = new ArrayList<>();
        Certainty then = certainty;
        for (Structure structure : possible) {
            try {
                StageEffect effect = stage.effect(structure);
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
            next.addAll(possible); // other weights may allow it; if they do not, the floor's rule holds
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
