package io.retort.scaling;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** How long each stage of a run takes. */
public record Prediction(Cluster cluster, List<Stage> stages) {
    /**
     * A stage.
     *
     * @param seconds by what they are spent on
     */
    public record Stage(String name, Map<Term, Double> seconds) {
        public Stage {
            seconds = seconds.isEmpty() ? new EnumMap<>(Term.class) : new EnumMap<>(seconds);
        }

        public double total() {
            return seconds.values().stream().mapToDouble(Double::doubleValue).sum();
        }
    }

    public Prediction {
        stages = List.copyOf(stages);
    }

    public double seconds() {
        return stages.stream().mapToDouble(Stage::total).sum();
    }

    public double seconds(Term term) {
        return stages.stream()
                .mapToDouble(stage -> stage.seconds().getOrDefault(term, 0.0))
                .sum();
    }

    /** What takes the most time. */
    public Term dominant() {
        Term greatest = Term.FIXED;
        for (Term term : Term.values()) {
            greatest = seconds(term) > seconds(greatest) ? term : greatest;
        }
        return greatest;
    }
}
