package io.retort.search;

import io.retort.compress.PossibleStructures;
import io.retort.compress.PossibleStructures.Certainty;
import io.retort.network.Cost;
import io.retort.network.Network;
import io.retort.network.Structure;
import io.retort.recipe.SearchSettings.Limits;
import io.retort.recipe.SearchSettings.Objective;
import io.retort.recipe.StudentSettings;
import io.retort.run.Assessment.Assessed;
import io.retort.run.CandidateStage;
import io.retort.search.SearchSpace.Candidate;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** What candidates cost before they are trained: all of it, where no compression stage follows. */
final class Costs {
    private static final List<Objective> COUNTED = List.of(Objective.PARAMETERS, Objective.MACS, Objective.BYTES);

    private final CandidateSettings settings;
    private final CandidateStage stage;
    private final Optional<LatencyTable> latency;
    private final Map<Candidate, Optional<PossibleStructures>> possible = new ConcurrentHashMap<>();
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
    record CandidateCost(long parameters, long macs, long bytes) {
        private static CandidateCost of(Structure structure, byte[] onnx) {
            Cost cost = Cost.of(structure);
            return new CandidateCost(cost.trainedParameters(), cost.macs(), onnx.length);
        }

        /** That of a candidate as it came out. */
        static CandidateCost of(Assessed made) {
            return of(made.network().structure(), made.onnx());
        }

        double of(Objective counted) {
            return switch (counted) {
                case PARAMETERS -> parameters;
                case MACS -> macs;
                case BYTES -> bytes;
                case LATENCY -> throw new IllegalArgumentException("latency is not counted");
            };
        }

        /** @throws IllegalArgumentException where it exceeds a limit */
        void requireWithin(Limits limits) {
            for (Objective cost : COUNTED) {
                if (!isAtMost(limits, cost, of(cost))) {
                    throw new IllegalArgumentException(String.format(
                            Locale.ROOT,
                            "is left with %1$,.0f %2$s, more than limits.%2$s = %3$,.0f",
                            of(cost),
                            cost.name().toLowerCase(Locale.ROOT),
                            limits.of(cost).orElseThrow()));
                }
            }
        }
    }

    /** Of the network before any compression; nothing where there is no {@linkplain #structure network}. */
    Optional<CandidateCost> of(Candidate candidate) {
        return known.computeIfAbsent(candidate, any -> structure(candidate).map(this::of));
    }

    /** What is trained. Nothing where the rows do not fit the candidate, or no student can have its settings. */
    Optional<Structure> structure(Candidate candidate) {
        return ofStudent(candidate, stage::structure);
    }

    private <T> Optional<T> ofStudent(Candidate candidate, Function<StudentSettings, T> figure) {
        return settings.student(candidate).flatMap(student -> {
            try {
                return Optional.of(figure.apply(student));
            } catch (IllegalArgumentException e) {
                return Optional.empty();
            }
        });
    }

    private CandidateCost of(Structure structure) {
        return CandidateCost.of(structure, stage.onnx(Network.initialised(structure, 0)));
    }

    /** The predicted milliseconds of one sample of a candidate that has costs; nothing where nobody asks for them. */
    OptionalDouble millis(Candidate candidate) {
        return latency.map(table ->
                        OptionalDouble.of(table.predicted(structure(candidate).orElseThrow())))
                .orElse(OptionalDouble.empty());
    }

    /** One cost of a candidate that has costs. */
    double of(Candidate candidate, Objective objective) {
        return objective == Objective.LATENCY
                ? millis(candidate).orElseThrow()
                : of(candidate).orElseThrow().of(objective);
    }

    boolean isWithin(Limits limits, Candidate candidate) {
        return isCountedWithin(limits, candidate) && isWithin(limits, candidate, Objective.LATENCY);
    }

    /**
     * Whether it can be done, and exceeds no limit of those that need no measurement, as far as settings decide. Bytes
     * come last: a network that is much too large for the others has parameters and a file only once they are asked for;
     * those of a compressed one are known once it is there.
     */
    boolean isCountedWithin(Limits limits, Candidate candidate) {
        boolean counts = possible.computeIfAbsent(candidate, any -> ofStudent(candidate, stage::compressed))
                .filter(left -> left.certainty() == Certainty.WEIGHTS_DECIDE
                        || left.possible().stream().map(Cost::of).anyMatch(cost -> isWithin(limits, cost)))
                .isPresent();
        return counts && (isCompressed(candidate) || isWithin(limits, candidate, Objective.BYTES));
    }

    private static boolean isWithin(Limits limits, Cost cost) {
        return isAtMost(limits, Objective.PARAMETERS, (double) cost.trainedParameters())
                && isAtMost(limits, Objective.MACS, (double) cost.macs());
    }

    private boolean isCompressed(Candidate candidate) {
        return !settings.student(candidate).orElseThrow().compress().isEmpty();
    }

    private boolean isWithin(Limits limits, Candidate candidate, Objective objective) {
        return limits.of(objective).isEmpty() || isAtMost(limits, objective, of(candidate, objective));
    }

    private static boolean isAtMost(Limits limits, Objective objective, double cost) {
        return limits.of(objective).map(most -> cost <= most).orElse(true);
    }
}
