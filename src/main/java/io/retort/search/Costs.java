package io.retort.search;

import io.retort.network.Cost;
import io.retort.network.Network;
import io.retort.network.Structure;
import io.retort.recipe.SearchSettings.Limits;
import io.retort.recipe.SearchSettings.Objective;
import io.retort.run.CandidateStage;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.ConcurrentHashMap;

/** What candidates cost, which is known before they are trained. */
final class Costs {
    private final CandidateSettings settings;
    private final CandidateStage stage;
    private final Optional<LatencyTable> latency;
    private final Map<Candidate, Optional<Cost>> counted = new ConcurrentHashMap<>();
    private final Map<Candidate, Optional<CandidateCost>> known = new ConcurrentHashMap<>();

    /** @param latency where it is limited or an objective */
    Costs(CandidateSettings settings, CandidateStage stage, Optional<LatencyTable> latency) {
        this.settings = settings;
        this.stage = stage;
        this.latency = latency;
    }

    /**
     * The counted costs of a network.
     *
     * @param parameters that the optimiser moves
     * @param macs for one sample
     * @param bytes of its exported file
     */
    record CandidateCost(long parameters, long macs, long bytes) {}

    /** Nothing where the rows do not fit the candidate, or no student can have its settings. */
    Optional<CandidateCost> of(Candidate candidate) {
        return known.computeIfAbsent(candidate, any -> structure(candidate).map(this::of));
    }

    /** Nothing where there is no {@linkplain #of cost} either. */
    Optional<Structure> structure(Candidate candidate) {
        return settings.student(candidate).flatMap(student -> {
            try {
                return Optional.of(stage.structure(student));
            } catch (IllegalArgumentException e) {
                return Optional.empty();
            }
        });
    }

    private CandidateCost of(Structure structure) {
        Cost cost = Cost.of(structure);
        return new CandidateCost(
                cost.trainedParameters(), cost.macs(), stage.onnx(Network.initialised(structure, 0)).length);
    }

    /** The predicted milliseconds of one sample of a candidate that has costs; nothing where nobody asks for them. */
    OptionalDouble millis(Candidate candidate) {
        return latency.map(table ->
                        OptionalDouble.of(table.predicted(structure(candidate).orElseThrow())))
                .orElse(OptionalDouble.empty());
    }

    /** One cost of a candidate that has costs. */
    double of(Candidate candidate, Objective objective) {
        CandidateCost cost = of(candidate).orElseThrow();
        return switch (objective) {
            case PARAMETERS -> cost.parameters();
            case MACS -> cost.macs();
            case BYTES -> cost.bytes();
            case LATENCY -> millis(candidate).orElseThrow();
        };
    }

    boolean isWithin(Limits limits, Candidate candidate) {
        return isCountedWithin(limits, candidate) && isWithin(limits, candidate, Objective.LATENCY);
    }

    /**
     * Whether it exceeds no limit of those that need no measurement. Bytes come last: a network that is much too large
     * for the others has parameters and a file only once they are asked for.
     */
    boolean isCountedWithin(Limits limits, Candidate candidate) {
        boolean counts = counted.computeIfAbsent(
                        candidate, any -> structure(candidate).map(Cost::of))
                .filter(cost -> isAtMost(limits, Objective.PARAMETERS, (double) cost.trainedParameters())
                        && isAtMost(limits, Objective.MACS, (double) cost.macs()))
                .isPresent();
        return counts && isWithin(limits, candidate, Objective.BYTES);
    }

    private boolean isWithin(Limits limits, Candidate candidate, Objective objective) {
        return limits.of(objective).isEmpty() || isAtMost(limits, objective, of(candidate, objective));
    }

    private static boolean isAtMost(Limits limits, Objective objective, double cost) {
        return limits.of(objective).map(most -> cost <= most).orElse(true);
    }
}
