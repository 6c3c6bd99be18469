package io.retort.search;

import io.retort.network.Cost;
import io.retort.network.Network;
import io.retort.network.Structure;
import io.retort.recipe.SearchSettings.Limits;
import io.retort.recipe.SearchSettings.Objective;
import io.retort.recipe.StudentSettings;
import io.retort.run.CandidateStage;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** What candidates cost, which is known before they are trained. */
final class Costs {
    private final CandidateSettings settings;
    private final CandidateStage stage;
    private final Map<Candidate, Optional<CandidateCost>> known = new ConcurrentHashMap<>();

    Costs(CandidateSettings settings, CandidateStage stage) {
        this.settings = settings;
        this.stage = stage;
    }

    /**
     * The costs of a network.
     *
     * @param parameters that the optimiser moves
     * @param macs for one sample
     * @param bytes of its exported file
     */
    record CandidateCost(long parameters, long macs, long bytes) {
        long of(Objective objective) {
            return switch (objective) {
                case PARAMETERS -> parameters;
                case MACS -> macs;
                case BYTES -> bytes;
            };
        }
    }

    /** Nothing where the rows do not fit the candidate, or no student can have its settings. */
    Optional<CandidateCost> of(Candidate candidate) {
        return known.computeIfAbsent(
                candidate, any -> settings.student(candidate).flatMap(this::of));
    }

    private Optional<CandidateCost> of(StudentSettings student) {
        try {
            Structure structure = stage.structure(student);
            Cost cost = Cost.of(structure);
            return Optional.of(new CandidateCost(
                    cost.trainedParameters(), cost.macs(), stage.bytes(Network.initialised(structure, 0))));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    boolean isWithin(Limits limits, Candidate candidate) {
        return of(candidate)
                .filter(cost -> Arrays.stream(Objective.values())
                        .allMatch(objective -> limits.of(objective)
                                .map(most -> cost.of(objective) <= most)
                                .orElse(true)))
                .isPresent();
    }
}
