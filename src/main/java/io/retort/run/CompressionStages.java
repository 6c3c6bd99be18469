package io.retort.run;

import io.retort.compress.Calibration;
import io.retort.compress.CalibrationPass;
import io.retort.compress.Compressed;
import io.retort.compress.Compressed.LayerChange;
import io.retort.compress.Compressed.Sensitivity;
import io.retort.compress.Compressor;
import io.retort.compress.Compressor.UnreachableException;
import io.retort.compress.CompressorSettings;
import io.retort.compress.CompressorSettings.AccuracyConstraint;
import io.retort.compress.ExportFormat;
import io.retort.data.shard.Dataset;
import io.retort.distill.TrainingSettings;
import io.retort.distill.loss.LossSettings;
import io.retort.engine.onnx.run.Latency.LatencyRatio;
import io.retort.label.SoftLabels;
import io.retort.network.Mask;
import io.retort.network.Network;
import io.retort.network.Tensor;
import io.retort.recipe.Kinds;
import io.retort.recipe.StudentSettings;
import io.retort.report.CurveSection;
import io.retort.report.ScoreUnit;
import io.retort.report.StudentSection.CompressionSection;
import io.retort.report.StudentSection.CompressionSection.FloorOutcome;
import io.retort.report.StudentSection.SpeedSection;
import io.retort.report.StudentSection.StageSection;
import io.retort.run.DataStage.RunData;
import io.retort.run.StudentExport.CompactSizes;
import io.retort.teacher.TeacherTrainer.Trained;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.zip.Deflater;

/**
 * Runs a student's compression stages, before or after its training: each compresses the network of the stage before,
 * in one step or several, fine-tunes it after each step on the soft labels that are stored already, and is measured
 * against its floor.
 *
 * <p>What a compressor makes is not stored, for it takes seconds and is the same each time (but for channels that are
 * cut to a measured latency); each fine-tuning is in the store like any other training, so a run that was broken off
 * goes on in the stage where it was.
 */
final class CompressionStages {
    private final RunScope scope;
    private final Dataset train;
    private final TrainingStage training;
    private final SoftLabels softLabels;
    private final Judge judge;
    private final Calibration calibration;

    CompressionStages(RunScope scope, RunData data, TrainingStage training, SoftLabels softLabels, Judge judge) {
        this.scope = scope;
        this.train = data.train();
        this.training = training;
        this.softLabels = softLabels;
        this.judge = judge;
        this.calibration = new CalibrationPass(
                scope.spark(), scope.shards(), train, data.validation().orElse(train));
    }

    /** Measures the network that each stage makes. */
    interface Judge {
        /** With the figures that reports have of it. */
        Assessment.Assessed of(String title, Network network, ExportFormat form, Map<String, String> provenance);

        /** The score by which a stage is kept or undone. */
        double choosingScore(Assessment.Assessed assessed);

        /** What that is called. */
        String scoreName();

        /** How fast one is beside another; nothing where no time is measured. */
        Optional<LatencyRatio> ratio(Assessment.Assessed one, Assessment.Assessed other);
    }

    /** Whose stages are run. */
    record Subject(String title, StudentSettings student, long seed, Map<String, String> provenance) {}

    /**
     * What became of it.
     *
     * @param last the network of the last stage that kept to its floor; the student as it was where there is none
     * @param mask the weights of that which stay 0
     * @param stages those that were run
     */
    record Result(Assessment.Assessed last, Mask mask, List<StageSection> stages) {}

    /**
     * A list of stages.
     *
     * @param distilled the student after its training, where the stages are after that
     */
    private record Series(
            List<CompressorSettings> stages, Optional<Assessment.Assessed> distilled, CompactSizes compact) {
        /** What the recipe calls it. */
        String key() {
            return distilled.isPresent() ? "compress" : "compress-first";
        }

        /** Tells a stage from those of the student's other list, too. */
        int number(int index) {
            return distilled.isPresent() ? index : -1 - index;
        }
    }

    /**
     * A network between two stages.
     *
     * @param score by which stages are kept or undone
     * @param changes that the stage before has made
     * @param sensitivities that it has measured
     * @param curves of its fine-tunings
     */
    private record State(
            Assessment.Assessed assessed,
            double score,
            Mask mask,
            List<LayerChange> changes,
            List<Sensitivity> sensitivities,
            List<CurveSection> curves) {}

    /** Those before the training. */
    Result first(Subject subject, Assessment.Assessed start, CompactSizes compact) {
        Series series = new Series(subject.student().compressFirst(), Optional.empty(), compact);
        return run(subject, series, start, Mask.none());
    }

    /** Those after it. */
    Result after(Subject subject, Assessment.Assessed distilled, Mask mask, CompactSizes compact) {
        Series series = new Series(subject.student().compress(), Optional.of(distilled), compact);
        return run(subject, series, distilled, mask);
    }

    private Result run(Subject subject, Series series, Assessment.Assessed start, Mask mask) {
        if (series.stages().isEmpty()) {
            return new Result(start, mask, List.of()); // there is nothing to hold against the score
        }
        List<StageSection> sections = new ArrayList<>();
        State state = new State(start, judge.choosingScore(start), mask, List.of(), List.of(), List.of());
        for (int i = 0; i < series.stages().size(); i++) {
            CompressorSettings settings = series.stages().get(i);
            String kind = Kinds.COMPRESSORS.kindOf(settings).name();
            String title = subject.title() + " " + series.key() + " " + (i + 1) + " " + kind;
            Attempt attempt = attempt(state, subject, settings, title, series.number(i));
            State after = attempt.after().orElse(state);
            FloorOutcome outcome = outcome(settings.floor(), state, attempt);
            sections.add(new StageSection(
                    kind,
                    after.assessed().figures(),
                    List.of(section(outcome, series.distilled(), state, attempt)),
                    series.compact().of(after.assessed()),
                    attempt.after().map(State::curves).orElse(List.of())));
            scope.context().progress().say(title + ": " + sentence(outcome, state, attempt));
            if (outcome == FloorOutcome.STOPPED) {
                break;
            }
            state = outcome == FloorOutcome.KEPT ? after : state;
        }
        return new Result(state.assessed(), state.mask(), sections);
    }

    /**
     * What came of a stage.
     *
     * @param after nothing where the stage cannot do what it is asked to
     * @param obstacles why it cannot
     */
    private record Attempt(Optional<State> after, List<String> obstacles) {}

    private Attempt attempt(State before, Subject subject, CompressorSettings settings, String title, int number) {
        try {
            return new Attempt(Optional.of(after(before, subject, settings, title, number)), List.of());
        } catch (UnreachableException e) {
            return new Attempt(Optional.empty(), List.of(e.getMessage()));
        }
    }

    /** One stage, in its steps. */
    private State after(State before, Subject subject, CompressorSettings settings, String title, int number) {
        long seed = new SplittableRandom(31 * (31 * settings.seed() + subject.seed()) + number).nextLong();
        List<LossSettings> losses = subject.student().lossesOf(settings);
        Compressor compressor = settings.create();
        Network original = before.assessed().network();
        List<CurveSection> curves = new ArrayList<>();
        Compressed made = new Compressed(original, before.mask(), ExportFormat.FLOAT32, List.of());
        for (int step = 1; step <= settings.steps(); step++) {
            Compressed last = made;
            Compressor.Context given = new Compressor.Context(
                    original,
                    last.mask(),
                    step,
                    settings.steps(),
                    seed,
                    calibration,
                    scope.recipe().trainer().engine());
            Supplier<Compressed> work = () ->
                    scope.stopwatch().time("compress", () -> compressed(title, compressor, last.network(), given));
            made = settings.measuresLatency()
                    ? scope.slots().quietly(work)
                    : scope.slots().beside(work);
            if (!losses.isEmpty()) {
                String stepTitle = settings.steps() == 1 ? title : title + " step " + step;
                Trained tuned = fineTuned(stepTitle, settings.training(), losses, made, seed + step);
                curves.addAll(tuned.curves());
                made = made.with(tuned.network());
            }
        }
        Assessment.Assessed assessed = judge.of(title, made.network(), made.form(), subject.provenance());
        return new State(
                assessed, judge.choosingScore(assessed), made.mask(), made.layers(), made.sensitivities(), curves);
    }

    private static Compressed compressed(
            String title, Compressor compressor, Network network, Compressor.Context given) {
        try {
            return compressor.compress(network, given);
        } catch (UnreachableException e) {
            throw e;
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(title + ": " + e.getMessage(), e);
        }
    }

    private Trained fineTuned(
            String title, TrainingSettings budget, List<LossSettings> losses, Compressed compressed, long seed) {
        return training.train(
                new TrainingStage.Assignment(
                        title,
                        compressed.network().structure(),
                        budget,
                        losses,
                        Optional.of(softLabels),
                        scope.recipe().data().viewSeed(),
                        seed,
                        Optional.of(compressed.network()),
                        compressed.mask()),
                train);
    }

    private static FloorOutcome outcome(AccuracyConstraint floor, State before, Attempt attempt) {
        boolean holds = attempt.after()
                .map(after -> floor.holds(before.score(), after.score()))
                .orElse(false);
        if (holds) {
            return FloorOutcome.KEPT;
        }
        return floor.onBreak() == AccuracyConstraint.OnBreak.STOP ? FloorOutcome.STOPPED : FloorOutcome.ROLLED_BACK;
    }

    private CompressionSection section(
            FloorOutcome outcome, Optional<Assessment.Assessed> distilled, State before, Attempt attempt) {
        State after = attempt.after().orElse(before);
        Assessment.Assessed assessed = after.assessed();
        Weights weights = Weights.of(assessed.form().quantization().rounded(assessed.network()));
        return new CompressionSection(
                outcome,
                before.score() - after.score(),
                weights.zeros(),
                weights.count(),
                Weights.deflatedBytes(assessed.onnx()),
                attempt.after().map(State::changes).orElse(List.of()),
                attempt.obstacles(),
                attempt.after().map(State::sensitivities).orElse(List.of()),
                attempt
                        .after()
                        .flatMap(made -> distilled.flatMap(other -> judge.ratio(made.assessed(), other)))
                        .map(ratio -> new SpeedSection(ratio.p50(), ratio.throughput()))
                        .stream()
                        .toList());
    }

    private String sentence(FloorOutcome outcome, State before, Attempt attempt) {
        String what = attempt.after()
                .map(after -> String.format(
                        Locale.ROOT,
                        "%s %s after %s%s",
                        judge.scoreName(),
                        ScoreUnit.of(judge.scoreName()).text(after.score()),
                        ScoreUnit.of(judge.scoreName()).text(before.score()),
                        outcome == FloorOutcome.KEPT ? "" : ", below its floor"))
                .orElseGet(() -> attempt.obstacles().get(0));
        return what
                + switch (outcome) {
                    case KEPT -> "";
                    case ROLLED_BACK -> "; the student is what it was before this stage";
                    case STOPPED -> "; the student is what it was before this stage, and later ones are not run";
                };
    }

    /**
     * The weights of a network's convolutions and dense layers.
     *
     * @param zeros those that are 0
     */
    private record Weights(long count, long zeros) {
        static Weights of(Network network) {
            long count = 0;
            long zeros = 0;
            for (Map.Entry<String, Tensor> parameter : network.parameters().entrySet()) {
                if (parameter.getKey().endsWith("/weight")) {
                    for (float value : parameter.getValue().values()) {
                        count++;
                        zeros += value == 0 ? 1 : 0;
                    }
                }
            }
            return new Weights(count, zeros);
        }

        /**
         * How long a file is when it is compressed by DEFLATE (RFC 1951) at its best: what gzip makes of it, but for
         * gzip's own header.
         */
        static long deflatedBytes(byte[] file) {
            Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION, true);
            try {
                deflater.setInput(file);
                deflater.finish();
                byte[] buffer = new byte[1 << 16];
                while (!deflater.finished()) {
                    deflater.deflate(buffer);
                }
                return deflater.getBytesWritten();
            } finally {
                deflater.end();
            }
        }
    }
}
