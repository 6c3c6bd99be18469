package io.retort.report;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.retort.compress.Compressed.LayerChange;
import io.retort.compress.Compressed.Sensitivity;
import io.retort.data.encode.TextCounts;
import io.retort.evaluate.Confusion;
import io.retort.evaluate.Confusion.ClassFigures;
import io.retort.evaluate.ContingencyTable;
import io.retort.registry.Drift;
import io.retort.registry.Gate;
import io.retort.registry.ModelCard.Scores;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * The content of {@code report.json}. It is a contract: {@code docs/REPORT.md} describes it, and {@link #VERSION} changes with its meaning.
 *
 * <p>Accuracies and agreements are fractions of the held-out samples, latencies are in milliseconds, bytes are those of the ONNX file.
 *
 * @param timings seconds by stage
 * @param throughput samples per second by stage, of what was really computed
 * @param slots of each training, by stage; missing in reports of earlier versions
 * @param challenges what {@code retort retrain} did; none of another run
 * @param warnings what may be wrong with the data, the recipe or the result: plain sentences, in the order in which they were found
 * @param recipe with all defaults, secrets redacted; missing in reports of version 1
 */
@JsonIgnoreProperties(
        value = {"mostFrequentClass"},
        allowGetters = true)
public record Report(
        int version,
        String name,
        String run,
        String started,
        DatasetSection dataset,
        TeacherSection teacher,
        List<StudentSection> students,
        List<SummarySection> summary,
        Map<String, Double> timings,
        Map<String, Double> throughput,
        Map<String, SlotsSection> slots,
        CacheSection cache,
        Map<String, String> environment,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<ChallengeSection> challenges,
        List<String> warnings,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) JsonNode recipe) {
    public static final int VERSION = 2;

    /** The stage in which a teacher is asked, among {@code timings} and {@code throughput}. */
    public static final String LABELLING = "label";

    public Report {
        challenges =
                challenges == null ? List.of() : List.copyOf(challenges); // Jackson gives null for what is left out
        slots = slots == null ? Map.of() : slots; // earlier ones did not say
        warnings = warnings == null ? List.of() : List.copyOf(warnings); // version 1 had none
        recipe = recipe == null ? MissingNode.getInstance() : recipe;
    }

    /** The stage of a training, among {@code timings}, {@code throughput} and {@code slots}. */
    public static String training(String title) {
        return "train " + title;
    }

    /** A student in each of its seeds. */
    public List<StudentSection> seeds(String student) {
        return students.stream().filter(one -> one.name().equals(student)).toList();
    }

    /** The figures of a student after its last stage that was kept, over its seeds. */
    public OverSeeds overSeeds(String student) {
        return OverSeeds.of(seeds(student));
    }

    /** Of the held-out samples; nothing where they have no classes. */
    @JsonProperty
    public Optional<MostFrequentClass> mostFrequentClass() {
        Confusion confusion = new Confusion(teacher.figures().confusion());
        return hasClasses()
                ? Optional.of(new MostFrequentClass(
                        dataset.classes().get(confusion.mostFrequent()), confusion.mostFrequentShare()))
                : Optional.empty();
    }

    /** Whether the held-out samples have classes, of which there is something to say. */
    public boolean hasClasses() {
        return !teacher.figures().confusion().isEmpty();
    }

    /**
     * How many task slots shared each optimiser step of a training.
     *
     * @param used at most, in one Spark job
     * @param usable the most that the training could have used: the parts of a batch
     * @param available to the training in that job
     */
    public record SlotsSection(int used, int usable, int available) {}

    /** The same with these warnings. */
    public Report with(List<String> warned) {
        return new Report(
                version,
                name,
                run,
                started,
                dataset,
                teacher,
                students,
                summary,
                timings,
                throughput,
                slots,
                cache,
                environment,
                challenges,
                warned,
                recipe);
    }

    /**
     * A challenger beside the champion of a registered model.
     *
     * @param start {@code scratch}, or {@code champion <version>} where the training began there
     * @param contenders the challenger, the champion if there was one, and the teacher
     * @param pairs of challenger (first) and champion (second) on the held-out samples; all 0 where there was none
     * @param champion the version that is the champion afterwards; 0 where there is none
     * @param curves of the challenger's training
     */
    public record ChallengeSection(
            String model,
            String student,
            long seed,
            String start,
            List<Contender> contenders,
            ContingencyTable pairs,
            List<Gate> gates,
            Drift drift,
            Outcome outcome,
            int champion,
            ExportSection export,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) List<CurveSection> curves) {
        public ChallengeSection {
            curves = curves == null ? List.of() : List.copyOf(curves); // Jackson gives null for what is left out
        }

        /** What came of it. */
        public enum Outcome {
            PROMOTED,
            REFUSED
        }
    }

    /**
     * A network that took part in a challenge.
     *
     * @param scores what gates judge
     * @param figures all there are of it; none in reports of version 1
     */
    public record Contender(
            String name,
            Scores scores,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Figures> figures) {
        public Contender {
            figures = figures == null ? List.of() : List.copyOf(figures); // Jackson gives null for what is left out
        }
    }

    /**
     * The data that was used.
     *
     * @param trainLabelled training samples that have a label; in earlier reports all of them had one
     * @param validation the samples on which everything was chosen; none where that was done on training and held-out samples
     * @param score the figure by which networks are chosen, compared and judged, which figures give as accuracy: accuracy, or agreement where no sample has a label
     * @param noun of the rows: images, texts, or rows of numbers
     * @param texts how much the vocabulary knows of {@code train} and {@code test}; none where they are no texts
     */
    public record DatasetSection(
            String train,
            String test,
            long trainSamples,
            Long trainLabelled,
            long testSamples,
            Optional<ValidationSection> validation,
            String score,
            List<Integer> shape,
            List<String> classes,
            String noun,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) Map<String, TextCounts> texts) {
        public DatasetSection {
            trainLabelled = trainLabelled == null ? trainSamples : trainLabelled;
            validation = validation == null ? Optional.empty() : validation;
            score = score == null ? "accuracy" : score;
            noun = noun == null ? (shape.size() == 3 ? "images" : "rows") : noun; // version 1 had none
            texts = texts == null ? Map.of() : Map.copyOf(texts); // Jackson gives null for what is left out
        }

        /** Such as {@code 600 of 60,000 training images have a label}; nothing where all have one. */
        Optional<String> labels() {
            return trainLabelled == trainSamples
                    ? Optional.empty()
                    : Optional.of(String.format(
                            Locale.ROOT, "%,d of %,d training %s have a label", trainLabelled, trainSamples, noun));
        }

        /** On what floors, scans and the agreement of int8 networks were decided. */
        String choosing() {
            return validation
                    .map(samples -> String.format(
                            Locale.ROOT,
                            "chosen on %,d validation %s: floors, scans, agreement of int8; held-out %s are only measured",
                            samples.samples(),
                            noun,
                            noun))
                    .orElse("chosen on training " + noun + ": scans, agreement of int8; on held-out " + noun
                            + ": floors, gates; there is no validation split");
        }
    }

    /**
     * The samples of the validation split.
     *
     * @param fingerprint of their data set
     * @param fraction of the training source that was set aside; 0 of a source of their own
     * @param labelled how many have a label
     */
    public record ValidationSection(String fingerprint, double fraction, long samples, long labelled) {}

    /**
     * A network with its cost and its figures. Of a teacher that was made elsewhere, parameters, MACs or bytes may be unknown.
     *
     * @param accuracy the score of the task: see {@link DatasetSection#score}
     * @param confusion samples by true class (row) and predicted class (column)
     */
    @JsonIgnoreProperties(
            value = {"balancedAccuracy", "classes"},
            allowGetters = true)
    public record Figures(
            double accuracy,
            double agreement,
            OptionalLong parameters,
            OptionalLong macs,
            OptionalLong bytes,
            LatencySection latency,
            Map<String, Double> metrics,
            List<List<Long>> confusion) {
        /** The mean of the recalls of all classes that have samples. */
        @JsonProperty
        public double balancedAccuracy() {
            return new Confusion(confusion).balancedAccuracy();
        }

        /** The area under the ROC curve of two classes that both have samples. */
        OptionalDouble areaUnderRoc() {
            Double area = metrics.get("area-under-roc");
            return area == null ? OptionalDouble.empty() : OptionalDouble.of(area);
        }

        /** The figures of each class, by its index. */
        @JsonProperty
        public List<ClassFigures> classes() {
            return new Confusion(confusion).classes();
        }
    }

    /** The class that most held-out samples are of: what a constant answer reaches. */
    public record MostFrequentClass(String name, double share) {}

    /** One thread of ONNX Runtime: percentiles at batch 1, and samples per second at batch 128. */
    public record LatencySection(double p50, double p99, double batch) {}

    /**
     * The teacher. One of several models has the sums of their parameters, MACs, bytes and latencies, and the accuracy of what they say together.
     *
     * @param fingerprint of its parameters, the same before and after labelling
     * @param parts its models, where there are several
     * @param curves of its training, where it is one network that was trained here
     * @param probe what was found before it labelled, for people, where it was made elsewhere
     */
    @JsonIgnoreProperties(
            value = {"accuracy", "parameters", "macs", "bytes"},
            allowGetters = true)
    public record TeacherSection(
            String title,
            String fingerprint,
            Figures figures,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) List<PartSection> parts,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) List<CurveSection> curves,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> probe) {
        public TeacherSection {
            probe = probe == null ? List.of() : List.copyOf(probe);
            curves = curves == null ? List.of() : List.copyOf(curves);
            parts = parts == null ? List.of() : List.copyOf(parts); // Jackson gives null for what is left out
        }

        @JsonProperty
        public double accuracy() {
            return figures.accuracy();
        }

        @JsonProperty
        public OptionalLong parameters() {
            return figures.parameters();
        }

        @JsonProperty
        public OptionalLong macs() {
            return figures.macs();
        }

        @JsonProperty
        public OptionalLong bytes() {
            return figures.bytes();
        }
    }

    /** A network of a teacher that has several; its agreement is with the whole teacher. */
    public record PartSection(
            String title,
            Figures figures,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) List<CurveSection> curves) {
        public PartSection {
            curves = curves == null ? List.of() : List.copyOf(curves); // Jackson gives null for what is left out
        }
    }

    /**
     * What one step of a recipe made of a student.
     *
     * @param kind {@code start} (the network where it begins), {@link #DISTILL}, or the kind of the compression
     * @param compression what was done to it; none of a stage that only trains
     * @param compact what it takes as a compact file, in each form that the recipe asks for
     * @param curves of its training, or of its fine-tunings, one after each step; none where nothing was trained
     */
    public record StageSection(
            String kind,
            Figures figures,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) List<CompressionSection> compression,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) List<CompactSection> compact,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) List<CurveSection> curves) {
        /** The kind of the stage that every student has. */
        public static final String DISTILL = "distill";

        public StageSection {
            compression = compression == null
                    ? List.of()
                    : List.copyOf(compression); // Jackson gives null for what is left out
            compact = compact == null ? List.of() : List.copyOf(compact);
            curves = curves == null ? List.of() : List.copyOf(curves);
        }

        /** A stage that only trains. */
        public static StageSection trained(
                String kind, Figures figures, List<CompactSection> compact, List<CurveSection> curves) {
            return new StageSection(kind, figures, List.of(), compact, curves);
        }

        /** Equal for stages that made the same network of it, whatever the students are called and however long they took when they were measured. */
        List<Object> outcome() {
            return List.of(kind, stayed(), figures.parameters(), figures.metrics(), figures.confusion());
        }

        /** Whether the student is what this stage made of it. */
        boolean stayed() {
            return compression.stream().allMatch(one -> one.outcome() == CompressionSection.FloorOutcome.KEPT);
        }
    }

    /**
     * What a network takes as a compact file.
     *
     * @param form of its numbers and its coding, such as {@code float16-huffman}
     * @param bytes of the whole file
     * @param uncodedBytes without the entropy coding
     * @param denseBytes without that, and with all zeros stored
     * @param ratio bytes of the trained parameters in float32, of the distilled network or, before it, of the one where the student begins, by {@code bytes}
     */
    public record CompactSection(String form, long bytes, long uncodedBytes, long denseBytes, double ratio) {}

    /**
     * What a compression stage did.
     *
     * @param outcome whether the stage kept to its floor
     * @param drop accuracy before the stage less that after it
     * @param zeros weights of convolutions and dense layers that are 0, as they are shipped: in int8 those whose code means 0
     * @param weights of those there are
     * @param deflatedBytes of the ONNX file when it is compressed by DEFLATE (RFC 1951), which is what zeros save on a disk
     * @param layers what became of single layers
     * @param obstacles why the stage could not do what it was asked to, which breaks its floor too; none where it could
     * @param sensitivities what groups of channels could spare, where that was measured, before the stage's last step
     * @param speed beside the distilled student; none where there are obstacles, or where a report was written before this was measured
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
            sensitivities = sensitivities == null ? List.of() : List.copyOf(sensitivities);
            speed = speed == null ? List.of() : List.copyOf(speed);
            obstacles =
                    obstacles == null ? List.of() : List.copyOf(obstacles); // Jackson gives null for what is left out
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
     * How fast a network is beside another, both measured in turn in one process.
     *
     * @param p50 time of one sample, by the other's
     * @param batch samples per second at batch 128, by the other's
     */
    public record SpeedSection(double p50, double batch) {}

    /**
     * One student of one seed, beside its baseline.
     *
     * @param baseline the same network, trained as long on the labels alone; nothing where no training sample has a label
     * @param baselineCurves of the baseline's training
     * @param gain accuracy of the student less that of its baseline; nothing without a baseline
     */
    public record StudentSection(
            String name,
            long seed,
            List<StageSection> stages,
            Optional<Figures> baseline,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) List<CurveSection> baselineCurves,
            OptionalDouble gain,
            ExportSection export) {
        public StudentSection {
            baselineCurves = baselineCurves == null
                    ? List.of()
                    : List.copyOf(baselineCurves); // Jackson gives null for what is left out
        }

        /** The figures after the last stage that was kept. */
        public Figures distilled() {
            return stages.stream()
                    .filter(StageSection::stayed)
                    .reduce((before, after) -> after)
                    .orElseThrow()
                    .figures();
        }

        /** The place of the distillation among the stages: 0, unless the student begins as a network that was compressed first. */
        public int distillation() {
            return stages.stream().map(StageSection::kind).toList().indexOf(StageSection.DISTILL);
        }

        /** The figures after the distillation. */
        public Figures afterDistillation() {
            return stages.get(distillation()).figures();
        }
    }

    /**
     * The exported student.
     *
     * @param path relative to the run's directory
     * @param notes what was left out, and why; none where every format was written
     * @param compact the compact files that the recipe asks for
     */
    public record ExportSection(
            String path,
            ParitySection parity,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> notes,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) List<CompactExport> compact) {
        public ExportSection {
            compact = compact == null ? List.of() : List.copyOf(compact);
            notes = notes == null ? List.of() : List.copyOf(notes); // Jackson gives null for what is left out
        }
    }

    /**
     * A compact file.
     *
     * @param path relative to the run's directory
     * @param labelAgreement the share of the parity's samples for which what is read back predicts what the ONNX file does
     */
    public record CompactExport(String path, long bytes, double labelAgreement) {}

    /** DL4J against ONNX Runtime: the greatest difference of a logit, relative to the largest logit, and how often both predict the same class. */
    public record ParitySection(double greatestRelativeDifference, double labelAgreement, long samples) {}

    /**
     * A student over all seeds: what {@link OverSeeds} makes of its seeds.
     *
     * @param p50 median milliseconds of one sample
     * @param throughput samples per second at batch 128
     * @param baseline accuracy of the baselines; nothing where there are none
     * @param comparison with them; nothing likewise
     * @param verdict of the comparison, or {@link #NO_BASELINE}
     * @param confusion the sum over the seeds
     * @param compression trained parameters of the teacher by those of the student; nothing where the teacher's are unknown
     */
    public record SummarySection(
            String name,
            MeanAndDeviation accuracy,
            MeanAndDeviation balancedAccuracy,
            MeanAndDeviation agreement,
            MeanAndDeviation p50,
            MeanAndDeviation throughput,
            Optional<MeanAndDeviation> baseline,
            Optional<Comparison> comparison,
            String verdict,
            OptionalDouble compression,
            List<List<Long>> confusion) {
        /** The verdict where no training sample has a label, so that nothing could be trained without the teacher. */
        public static final String NO_BASELINE = "no baseline";

        /**
         * Sums up a student.
         *
         * @param seeds of the student, at least one
         * @param testSamples on which each was measured
         */
        public static SummarySection of(List<StudentSection> seeds, Figures teacher, long testSamples) {
            OverSeeds figures = OverSeeds.of(seeds);
            List<Double> accuracies =
                    figures.each().stream().map(Figures::accuracy).toList();
            List<Double> baselines = seeds.stream()
                    .flatMap(student -> student.baseline().stream())
                    .map(Figures::accuracy)
                    .toList();
            Optional<Comparison> comparison = baselines.isEmpty()
                    ? Optional.empty()
                    : Optional.of(Comparison.of(accuracies, baselines, testSamples));
            return new SummarySection(
                    seeds.get(0).name(),
                    figures.accuracy(),
                    figures.balancedAccuracy(),
                    figures.agreement(),
                    figures.p50(),
                    figures.throughput(),
                    comparison.map(compared -> MeanAndDeviation.of(baselines)),
                    comparison,
                    comparison.map(compared -> compared.verdict().toString()).orElse(NO_BASELINE),
                    compression(teacher, figures),
                    figures.confusion());
        }

        private static OptionalDouble compression(Figures teacher, OverSeeds student) {
            return teacher.parameters().isPresent()
                    ? OptionalDouble.of(teacher.parameters().getAsLong()
                            / student.meanOf(Figures::parameters).orElseThrow())
                    : OptionalDouble.empty();
        }

        /** The mean accuracy of the baselines with its deviation; empty where there are none. */
        public String baselines() {
            return baseline.map(MeanAndDeviation::percent).orElse("");
        }

        /** The gain with its interval; empty where there are no baselines. */
        public String gain() {
            return comparison.map(Comparison::points).orElse("");
        }

        /** Such as {@code small}, or {@code small, 2 seeds}. */
        String title() {
            return accuracy.count() == 1 ? name : name + ", " + accuracy.count() + " seeds";
        }
    }

    /** Pairs of shard and view. */
    public record CacheSection(long shards, long labelled, long reused) {}
}
