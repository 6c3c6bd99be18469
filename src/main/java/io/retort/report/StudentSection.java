package io.retort.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.retort.compress.Compressed.LayerChange;
import io.retort.compress.Compressed.Sensitivity;
import io.retort.evaluate.Reliability;
import io.retort.evaluate.ShownAnswers.Disagreement;
import io.retort.evaluate.ShownAnswers.NumberSample;
import io.retort.network.Cost;
import io.retort.network.Shape;
import io.retort.network.Structure;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * One student of one seed, beside its baseline.
 *
 * @param baseline the same network, trained as long on the labels alone; nothing where no training sample has a label
 * @param baselineCurves of the baseline's training
 * @param gain accuracy of the student less that of its baseline; nothing without a baseline
 * @param control the same network, trained as long on the teacher's most probable class of the same samples; nothing
 *     where the recipe wants none
 * @param controlCurves of the control's training
 * @param layers what each layer of the exported network takes, those that take nothing left out
 * @param disagreements held-out rows of which it and the teacher name different classes, the surest first
 * @param numbers a sample of the held-out rows, where they have numbers
 */
public record StudentSection(
        String name,
        long seed,
        List<StageSection> stages,
        Optional<Figures> baseline,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<CurveSection> baselineCurves,
        OptionalDouble gain,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) Optional<Figures> control,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<CurveSection> controlCurves,
        ExportSection export,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<LayerSection> layers,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Disagreement> disagreements,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<NumberSample> numbers) {
    public StudentSection {
        layers = Report.orNone(layers); // earlier reports had none
        disagreements = Report.orNone(disagreements);
        numbers = Report.orNone(numbers);
        control = control == null ? Optional.empty() : control; // earlier reports had none
        controlCurves = Report.orNone(controlCurves);
        baselineCurves = Report.orNone(baselineCurves);
    }

    /** The figures after the last stage that was kept. */
    public Figures distilled() {
        return stages.stream()
                .filter(StageSection::stayed)
                .reduce((before, after) -> after)
                .orElseThrow()
                .figures();
    }

    /**
     * What a layer takes.
     *
     * @param output its shape for one sample
     * @param parameters those that an optimiser moves
     * @param macs for one sample
     */
    public record LayerSection(String layer, Shape output, long parameters, long macs) {
        /** Of each layer that has either. */
        public static List<LayerSection> of(Structure structure) {
            return Cost.of(structure).layers().stream()
                    .filter(layer -> layer.trainedParameters() > 0 || layer.macs() > 0)
                    .map(layer ->
                            new LayerSection(layer.node(), layer.output(), layer.trainedParameters(), layer.macs()))
                    .toList();
        }
    }

    /** Of its logits, where they are calibrated: the last stage then. */
    Optional<CalibrationSection> calibration() {
        return stages.get(stages.size() - 1).calibration().stream().findFirst();
    }

    /** The index of the distillation among the stages: 0, unless the student is compressed before it. */
    public int distillation() {
        return stages.stream().map(StageSection::kind).toList().indexOf(StageSection.DISTILL);
    }

    /** The figures after the distillation. */
    public Figures afterDistillation() {
        return stages.get(distillation()).figures();
    }

    /**
     * A stage of a student, with the network that came out of it.
     *
     * @param kind {@code start} (the network where it begins), {@link #DISTILL}, or the kind of the compression
     * @param compression its effects; none of a stage that only trains
     * @param compact the sizes of its compact files, in each form that the recipe requests
     * @param curves of its training, or of its fine-tunings, one after each step; none where nothing was trained
     * @param calibration its effects; none of another stage
     */
    public record StageSection(
            String kind,
            Figures figures,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) List<CompressionSection> compression,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) List<CompactSection> compact,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) List<CurveSection> curves,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) List<CalibrationSection> calibration) {
        /** The kind of the stage that every student has. */
        public static final String DISTILL = "distill";
        /** The kind of the last stage of a student whose logits are calibrated. */
        public static final String CALIBRATE = "calibrate";

        public StageSection {
            compression = Report.orNone(compression);
            compact = Report.orNone(compact);
            curves = Report.orNone(curves);
            calibration = Report.orNone(calibration);
        }

        /** A stage that calibrates nothing. */
        public StageSection(
                String kind,
                Figures figures,
                List<CompressionSection> compression,
                List<CompactSection> compact,
                List<CurveSection> curves) {
            this(kind, figures, compression, compact, curves, List.of());
        }

        /** A stage that only trains. */
        public static StageSection trained(
                String kind, Figures figures, List<CompactSection> compact, List<CurveSection> curves) {
            return new StageSection(kind, figures, List.of(), compact, curves);
        }

        /** The last stage of a student whose logits are calibrated. */
        public static StageSection calibrated(
                Figures figures, List<CompactSection> compact, CalibrationSection calibration) {
            return new StageSection(CALIBRATE, figures, List.of(), compact, List.of(), List.of(calibration));
        }

        /** Equal for stages that made the same network, whatever the students' names and the measured latencies. */
        List<Object> outcome() {
            return List.of(kind, stayed(), figures.parameters(), figures.metrics(), figures.confusion());
        }

        /** Whether the student keeps the network of this stage. */
        boolean stayed() {
            return compression.stream().allMatch(one -> one.outcome() == CompressionSection.FloorOutcome.KEPT);
        }
    }

    /**
     * The size of a network as a compact file.
     *
     * @param form of its numbers and its coding, such as {@code float16-huffman}
     * @param bytes of the whole file
     * @param uncodedBytes without the entropy coding
     * @param denseBytes without that, and with all zeros stored
     * @param ratio bytes of the trained parameters in float32, of the distilled network or, before it, of the one where
     *     the student begins, by {@code bytes}
     */
    public record CompactSection(String form, long bytes, long uncodedBytes, long denseBytes, double ratio) {}

    /**
     * The effects of a compression stage.
     *
     * @param outcome whether the stage kept to its floor
     * @param drop accuracy before the stage less that after it
     * @param zeros weights of convolutions and dense layers that are 0, as they are shipped: in int8 those whose code
     *     means 0
     * @param weights of those there are
     * @param deflatedBytes of the ONNX file when it is compressed by DEFLATE (RFC 1951), which is what zeros save on a
     *     disk
     * @param layers changes of single layers
     * @param obstacles reasons why the stage could not do its work, which breaks its floor too; none where it could
     * @param sensitivities what groups of channels could spare, where that was measured, before the stage's last step
     * @param speed beside the distilled student; none where there are obstacles, or where a report was written before
     *     this was measured
     */
    public record CompressionSection(
            FloorOutcome outcome,
            double drop,
            long zeros,
            long weights,
            long deflatedBytes,
            List<LayerChange> layers,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> obstacles,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Sensitivity> sensitivities,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) List<SpeedSection> speed) {
        public CompressionSection {
            sensitivities = Report.orNone(sensitivities);
            speed = Report.orNone(speed);
            obstacles = Report.orNone(obstacles);
        }

        /** Whether a stage kept to its floor. */
        public enum FloorOutcome {
            KEPT,
            ROLLED_BACK,
            STOPPED
        }

        /** The part of the weights that are 0. */
        public double sparsity() {
            return weights == 0 ? 0 : (double) zeros / weights;
        }
    }

    /**
     * The calibration of a student's logits, and how right its probabilities were without it.
     *
     * @param kind such as {@code temperature}
     * @param temperature by which logits are divided
     * @param biases that are added then, by class; none where all are 0
     * @param fittedOn how many rows it was fitted to
     * @param measuredOn how many held-out rows {@code before} and {@code after} are of
     * @param reliability before it and after it; none where held-out rows have no label
     */
    public record CalibrationSection(
            String kind,
            double temperature,
            List<Double> biases,
            long fittedOn,
            long measuredOn,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) List<BeforeAndAfter> reliability) {
        public CalibrationSection {
            reliability = Report.orNone(reliability);
        }
    }

    /** How right probabilities are on held-out rows, without and with a calibration. */
    public record BeforeAndAfter(Reliability before, Reliability after) {}

    /**
     * How fast a network is beside another, both measured in turn in one process.
     *
     * @param p50 time of one sample, by the other's
     * @param batch samples per second at batch 128, by the other's
     */
    public record SpeedSection(double p50, double batch) {}

    /**
     * The exported student.
     *
     * @param path relative to the run's directory
     * @param notes formats that were left out, with the reason; none where every format was written
     * @param compact the compact files that the recipe requests
     */
    public record ExportSection(
            String path,
            ParitySection parity,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> notes,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) List<CompactExport> compact) {
        public ExportSection {
            compact = Report.orNone(compact);
            notes = Report.orNone(notes);
        }
    }

    /**
     * A compact file.
     *
     * @param path relative to the run's directory
     * @param labelAgreement the share of the parity's samples for which the file that is read back predicts as the ONNX
     *     file does
     */
    public record CompactExport(String path, long bytes, double labelAgreement) {}

    /** ONNX Runtime against the engine: the greatest difference by the largest logit, and the share of equal classes. */
    public record ParitySection(double greatestRelativeDifference, double labelAgreement, long samples) {}
}
