package io.retort.run;

import io.retort.compress.ExportFormat.CalibratedFormat;
import io.retort.data.Target;
import io.retort.data.shard.Dataset;
import io.retort.evaluate.AnsweredRows;
import io.retort.evaluate.CalibrationFit;
import io.retort.evaluate.CalibrationSettings;
import io.retort.evaluate.Reliability;
import io.retort.evaluate.Task;
import io.retort.network.LogitCalibration;
import io.retort.recipe.Kinds;
import io.retort.recipe.Recipe;
import io.retort.recipe.StudentSettings;
import io.retort.report.StudentSection.BeforeAndAfter;
import io.retort.report.StudentSection.CalibrationSection;
import io.retort.run.DataStage.RunData;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Calibrates the logits of a network in the form in which it is shipped, as its last stage: int8 codes have a
 * calibration of their own. What is fitted, and how right it is, is kept in the store.
 */
public final class CalibrationStage {
    private static final String CODE = "calibration/1";

    private final RunScope scope;
    private final RunData data;
    private final Assessment assessment;

    public CalibrationStage(RunScope scope, RunData data, Assessment assessment) {
        this.scope = scope;
        this.data = data;
        this.assessment = assessment;
    }

    /** A calibrated network, and the account of it. */
    public record Calibrated(Assessment.Assessed assessed, CalibrationSection section) {}

    /** What is kept of a fit. */
    record Fit(LogitCalibration calibration, long rows) {}

    /**
     * Fits a calibration and puts it behind a network.
     *
     * @param seed of the bootstrap
     */
    public Calibrated calibrated(
            String title,
            Assessment.Assessed raw,
            CalibrationSettings settings,
            long seed,
            Map<String, String> provenance) {
        Target target = data.test().schema().target();
        Dataset rows = settings.readsLabels()
                ? data.validation().orElseThrow()
                : settings.readsValidation() ? data.ofAllClasses().orElseThrow() : data.train();
        String name = CODE + Kinds.canonical().address((Record) settings);
        Fit fit = assessment.known(name, rows, raw, Fit.class, () -> {
            AnsweredRows answers = assessment.answers(rows, raw);
            return new Fit(CalibrationFit.of(settings, target, answers), answers.rows());
        });
        LogitCalibration calibration = fit.calibration();
        Assessment.Assessed calibrated =
                assessment.of(title, raw.network(), new CalibratedFormat(raw.form(), calibration), provenance);
        CalibrationSection section = section(settings, fit, reliability(raw, calibrated, seed));
        scope.context().progress().say(title + ": " + sentence(section, target));
        if (Math.min(calibration.temperature(), 1 / calibration.temperature()) <= CalibrationFit.LEAST_TEMPERATURE) {
            scope.context()
                    .progress()
                    .warn(title + ": the temperature is at the end of its range, for the validation rows are all right"
                            + " or all wrong; give data.validation more of them");
        }
        return new Calibrated(calibrated, section);
    }

    /**
     * Refuses a bias that no validation row says anything of: none would be too small for it.
     *
     * @throws IllegalArgumentException naming the class
     */
    static void requireRows(Recipe recipe, RunData data) {
        Target target = data.test().schema().target();
        for (StudentSettings student : recipe.students()) {
            for (int c : student.calibration()
                    .filter(CalibrationSettings::readsLabels)
                    .map(settings -> settings.biased(target))
                    .orElse(List.of())) {
                if (data.validation().orElseThrow().labelCounts().get(c) == 0) {
                    throw new IllegalArgumentException("data.validation has no row of class '"
                            + target.names().get(c) + "', so its bias, of student '" + student.name()
                            + "', would be without bounds; give it some, or set calibration = temperature");
                }
            }
        }
    }

    private record Measured(BeforeAndAfter reliability, long rows) {}

    private Optional<Measured> reliability(Assessment.Assessed raw, Assessment.Assessed calibrated, long seed) {
        if (!Task.of(data.test().schema().target()).needsLabels()) {
            return Optional.empty();
        }
        int bins = scope.recipe().evaluation().calibrationBins();
        return Optional.of(assessment.known(CODE + seed, data.test(), calibrated, Measured.class, () -> {
            AnsweredRows before = assessment.answers(data.test(), raw);
            AnsweredRows after = assessment.answers(data.test(), calibrated);
            return new Measured(
                    new BeforeAndAfter(Reliability.of(before, bins, seed), Reliability.of(after, bins, seed)),
                    after.rows());
        }));
    }

    private static CalibrationSection section(CalibrationSettings settings, Fit fit, Optional<Measured> measured) {
        return new CalibrationSection(
                CalibrationSettings.CATALOGUE.kindOf(settings).name(),
                fit.calibration().temperature(),
                fit.calibration().biases(),
                fit.rows(),
                measured.map(Measured::rows).orElse(0L),
                measured.map(Measured::reliability).stream().toList());
    }

    private static String sentence(CalibrationSection section, Target target) {
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT, "temperature %.3f, fitted to %,d rows", section.temperature(), section.fittedOn()));
        for (int c = 0; c < section.biases().size() && section.biases().size() <= 20; c++) {
            if (section.biases().get(c) != 0) {
                text.append(String.format(
                        Locale.ROOT,
                        ", %s %+.2f",
                        target.names().get(c),
                        section.biases().get(c)));
            }
        }
        for (BeforeAndAfter both : section.reliability()) {
            text.append(String.format(
                    Locale.ROOT,
                    "; expected calibration error %.4f [%.4f, %.4f] after %.4f [%.4f, %.4f]",
                    both.after().error(),
                    both.after().low(),
                    both.after().high(),
                    both.before().error(),
                    both.before().low(),
                    both.before().high()));
        }
        return text.toString();
    }
}
