package io.retort.report;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.retort.data.encode.TokenInput.TextCounts;
import io.retort.evaluate.Confusion;
import io.retort.evaluate.ContingencyTable;
import io.retort.registry.Drift;
import io.retort.registry.Gate;
import io.retort.registry.ModelCard.Scores;
import io.retort.report.StudentSection.ExportSection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The content of {@code report.json}. It is a contract: {@code docs/REPORT.md} describes it, and {@link #VERSION}
 * changes with its meaning.
 *
 * <p>Accuracies and agreements are fractions of the held-out samples, latencies are in milliseconds, bytes are those of
 * the ONNX file.
 *
 * @param timings seconds by stage
 * @param throughput samples per second by stage, of those that were computed
 * @param slots of each training, by stage; missing in reports of earlier versions
 * @param peakMemory bytes by process, {@code driver} and {@code executor 0} and so on: the most resident memory that it
 *     has had; missing in reports of earlier versions
 * @param challenges what {@code retort retrain} did; none of another run
 * @param warnings what may be wrong with the data, the recipe or the result: plain sentences, in the order in which
 *     they were found
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
        Map<String, Long> peakMemory,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<ChallengeSection> challenges,
        List<String> warnings,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) JsonNode recipe) {
    public static final int VERSION = 2;

    /** The stage in which a teacher labels, among {@code timings} and {@code throughput}. */
    public static final String LABELLING = "label";

    public Report {
        challenges = orNone(challenges);
        slots = slots == null ? Map.of() : slots; // earlier ones had none
        peakMemory = peakMemory == null ? Map.of() : peakMemory;
        warnings = orNone(warnings);
        recipe = recipe == null ? MissingNode.getInstance() : recipe;
    }

    /** A list of a file; none where it is left out there, for which Jackson gives null. */
    static <T> List<T> orNone(List<T> list) {
        return list == null ? List.of() : List.copyOf(list);
    }

    /** The stage of a training, among {@code timings}, {@code throughput} and {@code slots}. */
    public static String training(String title) {
        return "train " + title;
    }

    /** {@code name/run}. */
    public String title() {
        return name + "/" + run;
    }

    /** The students in their order, each once. */
    public List<String> studentNames() {
        return students.stream().map(StudentSection::name).distinct().toList();
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

    /** Whether the held-out samples have classes. */
    public boolean hasClasses() {
        return !teacher.figures().confusion().isEmpty();
    }

    /**
     * How many task slots shared each optimiser step of a training.
     *
     * @param used at most, in one Spark job
     * @param usable the most that the training could have used: the parts of a batch
     * @param available to the training in that job
     * @param waiting in all jobs; nothing in earlier reports
     */
    public record SlotsSection(int used, int usable, int available, Optional<WaitingSection> waiting) {
        public SlotsSection {
            waiting = waiting == null ? Optional.empty() : waiting;
        }
    }

    /**
     * The parts of its slots' time, from 0 to 1, in which a training did not compute.
     *
     * @param rows waiting for rows to be read and decoded
     * @param others exchanging gradients, and waiting for those of the other slots
     */
    public record WaitingSection(double rows, double others) {}

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
                peakMemory,
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
            curves = orNone(curves);
        }

        /** The outcome. */
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
            figures = orNone(figures);
        }
    }

    /**
     * The data that was used.
     *
     * @param trainLabelled training samples that have a label; in earlier reports all of them had one
     * @param validation the samples on which everything was chosen; none where that was done on training and held-out
     *     samples
     * @param score the figure by which networks are chosen, compared and judged, which figures give as accuracy:
     *     accuracy, macro-f1 of several classes, r2 of numbers, or agreement where no sample has a label
     * @param unseenClasses of whose rows training samples have none, though the teacher may know them
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
            @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> unseenClasses,
            String noun,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) Map<String, TextCounts> texts) {
        public DatasetSection {
            trainLabelled = trainLabelled == null ? trainSamples : trainLabelled;
            validation = validation == null ? Optional.empty() : validation;
            unseenClasses = orNone(unseenClasses);
            score = score == null ? "accuracy" : score;
            noun = noun == null ? (shape.size() == 3 ? "images" : "rows") : noun; // version 1 had none
            texts = texts == null ? Map.of() : Map.copyOf(texts); // Jackson gives null for what is left out
        }

        /** How scores are written. */
        public ScoreUnit unit() {
            return ScoreUnit.of(score);
        }

        /** Whether networks give vectors, as their teacher does. */
        public boolean hasVectors() {
            return score.equals("cosine");
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

    /** The class that most held-out samples are of, and the accuracy of it as a constant answer. */
    public record MostFrequentClass(String name, double share) {}

    /**
     * The teacher. One of several models has the sums of their parameters, MACs, bytes and latencies, and the accuracy
     * of their joint prediction.
     *
     * @param fingerprint of its parameters, the same before and after labelling
     * @param parts its models, where there are several
     * @param curves of its training, where it is one network that was trained here
     * @param probe findings before it labelled, for people, where it was made elsewhere
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
            probe = orNone(probe);
            curves = orNone(curves);
            parts = orNone(parts);
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
            curves = orNone(curves);
        }
    }

    /** Pairs of shard and view. */
    public record CacheSection(long shards, long labelled, long reused) {}
}
