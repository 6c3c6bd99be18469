package io.retort.ml;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a student predicts, as far as a recipe must say it. */
sealed interface FitTask {
    /** The parameter of a model of Spark ML that names the column from which a student learns. */
    String scoresParam();

    /** The settings of a source's label. */
    Map<String, Object> label(FitRows rows);

    /** The loss of the teacher. */
    Map<String, Object> teacherLoss(double weight);

    /** A teacher whose scores were written with the rows. */
    Map<String, Object> column(TeacherColumn teacher, FitRows rows);

    /**
     * One of several classes.
     *
     * @param temperature of the teacher's loss
     * @param output what the teacher's scores are: probabilities, logits or log-probabilities
     */
    record Classes(double temperature, String output) implements FitTask {
        @Override
        public String scoresParam() {
            return output.equals("logits") ? "rawPredictionCol" : "probabilityCol";
        }

        @Override
        public Map<String, Object> label(FitRows rows) {
            int classes = rows.classes();
            List<String> names = rows.columns().classNames();
            return names.isEmpty() ? Map.of("classes", classes) : Map.of("class-names", names);
        }

        @Override
        public Map<String, Object> teacherLoss(double weight) {
            return Map.of("kind", "soft-target", "weight", weight, "temperature", temperature);
        }

        @Override
        public Map<String, Object> column(TeacherColumn teacher, FitRows rows) {
            Map<String, Object> settings = new LinkedHashMap<>();
            settings.put("kind", "column");
            settings.put("columns", List.of(FitRows.SCORES));
            settings.put("output", output);
            List<String> names = rows.columns().classNames();
            if (!names.isEmpty()) {
                settings.put("classes", teacher.classes().orElse(names));
            }
            if (!output.equals("logits")) {
                teacher.floor(rows.classes()).ifPresent(floor -> settings.put("floor", floor));
            }
            return settings;
        }
    }

    /** One number. */
    record Numbers() implements FitTask {
        @Override
        public String scoresParam() {
            return "predictionCol";
        }

        @Override
        public Map<String, Object> label(FitRows rows) {
            rows.requireScores(1, "its prediction");
            return Map.of("target", "numbers");
        }

        @Override
        public Map<String, Object> teacherLoss(double weight) {
            return Map.of("kind", "logit-mse", "weight", weight);
        }

        @Override
        public Map<String, Object> column(TeacherColumn teacher, FitRows rows) {
            return Map.of("kind", "column", "columns", List.of(FitRows.SCORES), "output", "numbers");
        }
    }
}
