package io.retort.recipe;

import io.retort.compress.CompressorSettings;
import io.retort.config.FilePaths.FilePath;
import io.retort.config.Names;
import io.retort.config.SettingException;
import io.retort.distill.TrainingSettings;
import io.retort.distill.loss.CrossEntropyLoss;
import io.retort.distill.loss.FeatureLoss.Settings.TapPair;
import io.retort.distill.loss.LossSettings;
import io.retort.evaluate.CalibrationSettings;
import io.retort.network.compact.CompactFile;
import io.retort.network.zoo.Architecture;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A student of a recipe. Each of the recipe's seeds gives one, and one baseline beside it.
 *
 * @param from where it begins, instead of an architecture with initial parameters: {@link #TEACHER}, or the directory
 *     of a saved network
 * @param compressFirst stages before it is trained, first to last
 * @param training the budget, for the student and for its baseline
 * @param losses that the student minimises
 * @param baselineLosses that the baseline minimises: the same network and budget, without the teacher
 * @param control a network that is trained beside it, to tell what the teacher's distribution is worth
 * @param compress stages after it is trained, first to last
 * @param calibration of its logits, behind all stages
 * @param compactFiles in which forms it is written as one small file, too
 */
public record StudentSettings(
        String name,
        @FilePath(except = StudentSettings.TEACHER) Optional<String> from,
        Optional<Architecture> architecture,
        List<CompressorSettings> compressFirst,
        TrainingSettings training,
        List<LossSettings> losses,
        List<LossSettings> baselineLosses,
        Optional<Control> control,
        List<CompressorSettings> compress,
        Optional<CalibrationSettings> calibration,
        List<CompactFile.Form> compactFiles) {
    /** What {@code from} is for a student that begins as its teacher. */
    public static final String TEACHER = "teacher";

    /** The same network on the same rows, steps and views. */
    public enum Control {
        /** On the teacher's most probable class instead of its distribution. */
        HARD_LABELS
    }

    public StudentSettings {
        compressFirst = List.copyOf(compressFirst);
        compress = List.copyOf(compress);
        compactFiles = List.copyOf(compactFiles);
        losses = List.copyOf(losses);
        baselineLosses = List.copyOf(baselineLosses);
        Names.requireForPath("name", name);
        if (from.isPresent() && architecture.isPresent()) {
            throw new SettingException(
                    "from", "must not be set beside architecture; the network that it names has its own");
        }
        if (from.isEmpty() && architecture.isEmpty()) {
            throw new SettingException(
                    "architecture", "missing; name one, or set from to teacher or to the directory of a saved network");
        }
        if (from.isEmpty() && !compressFirst.isEmpty()) {
            throw new SettingException(
                    "compress-first",
                    "must be empty where from is not set, for a network that has"
                            + " learned nothing has nothing to keep; use compress, or a smaller architecture");
        }
        if (losses.isEmpty()) {
            throw new SettingException("losses", "must not be empty; without a loss there is nothing to learn");
        }
        if (losses.stream().noneMatch(loss -> loss.pairs().isEmpty())) {
            throw new SettingException(
                    "losses", "must have one over logits; those of taps alone do not train the last layer");
        }
        if (baselineLosses.stream().anyMatch(loss -> loss.source() != LossSettings.Source.LABELS)) {
            throw new SettingException(
                    "baseline-losses", "must not need the teacher; a baseline shows what is reached without one");
        }
        if (control.isPresent() && losses.stream().noneMatch(StudentSettings::isOfTeachersLogits)) {
            throw new SettingException(
                    "control",
                    "must not be set where no loss over logits is of the teacher, for then it has no distribution to"
                            + " replace");
        }
        if (new HashSet<>(compactFiles).size() < compactFiles.size()) {
            throw new SettingException(
                    "compact-files",
                    "must differ, for each is named after its form, were "
                            + compactFiles.stream().map(CompactFile.Form::title).toList());
        }
        requireTapsOfTheTraining("compress-first", training, losses, compressFirst);
        requireTapsOfTheTraining("compress", training, losses, compress);
        for (CompressorSettings stage : compressFirst) {
            if (stage.isLast()) {
                throw new SettingException(
                        "compress-first",
                        "has '" + kind(stage)
                                + "', which must be the last stage of compress; the training would undo it");
            }
        }
        for (int i = 0; i < compress.size() - 1; i++) {
            if (compress.get(i).isLast()) {
                throw new SettingException(
                        "compress",
                        "has '" + kind(compress.get(i + 1)) + "' after '" + kind(compress.get(i))
                                + "', which must be the last stage; what follows would undo it");
            }
        }
    }

    /** The values of the teacher's taps are stored for the training's taps and views only. */
    private static void requireTapsOfTheTraining(
            String key, TrainingSettings training, List<LossSettings> losses, List<CompressorSettings> stages) {
        Set<Compared> compared = compared(losses);
        for (CompressorSettings stage : stages) {
            Set<Compared> tuned = compared(stage.losses().orElse(losses));
            if (!tuned.isEmpty()
                    && !(compared.containsAll(tuned) && stage.training().views().equals(training.views()))) {
                throw new SettingException(
                        key,
                        "has '" + kind(stage) + "', whose fine-tuning has losses of taps; it must have"
                                + " the views and no other taps than the student's training; give it those, or losses of logits");
            }
        }
    }

    /** A pair of taps and what compares it: each kind of loss reads a tap in its own way. */
    private record Compared(Class<?> loss, TapPair pair) {}

    private static Set<Compared> compared(List<LossSettings> losses) {
        return losses.stream()
                .flatMap(loss -> loss.pairs().stream().map(pair -> new Compared(loss.getClass(), pair)))
                .collect(Collectors.toSet());
    }

    private static String kind(CompressorSettings stage) {
        return Kinds.COMPRESSORS.kindOf(stage).name();
    }

    private static boolean isOfTeachersLogits(LossSettings loss) {
        return loss.source() == LossSettings.Source.TEACHER && loss.pairs().isEmpty();
    }

    /**
     * The losses of the control: the student's, where {@code hard-target} of the same weight stands for each of the
     * teacher's over logits, without those of taps. None where there is no control.
     */
    public List<LossSettings> controlLosses() {
        return control.isEmpty()
                ? List.of()
                : losses.stream()
                        .filter(loss -> loss.pairs().isEmpty())
                        .map(loss -> isOfTeachersLogits(loss) ? new CrossEntropyLoss.HardTarget(loss.weight()) : loss)
                        .toList();
    }

    /** The losses of a compression stage's fine-tuning; nothing where it is not fine-tuned. */
    public List<LossSettings> lossesOf(CompressorSettings stage) {
        return stage.losses().orElse(losses);
    }

    /** A budget, and the losses that it is spent on. */
    public record Tuning(TrainingSettings training, List<LossSettings> losses) {
        public boolean isTaught() {
            return losses.stream().anyMatch(loss -> loss.source() == LossSettings.Source.TEACHER);
        }
    }

    /** The fine-tuning after each step of a compression stage, where there is one. */
    public Optional<Tuning> tuningOf(CompressorSettings stage) {
        return Optional.of(lossesOf(stage))
                .filter(minimised -> !minimised.isEmpty())
                .map(minimised -> new Tuning(stage.training(), minimised));
    }

    /** The training of the student, then the fine-tunings of the compression stages. */
    public List<Tuning> tunings() {
        return Stream.concat(
                        Stream.of(new Tuning(training, losses)),
                        stages().stream().map(this::tuningOf).flatMap(Optional::stream))
                .toList();
    }

    /** All compression stages, before and after the training. */
    public List<CompressorSettings> stages() {
        return Stream.concat(compressFirst.stream(), compress.stream()).toList();
    }

    /** The directory of the saved network where it begins, if it does. A run depends on its content. */
    public Optional<String> saved() {
        return from.filter(where -> !where.equals(TEACHER));
    }
}
