package io.retort.pipeline;

import io.retort.compress.CompressorSettings;
import io.retort.compress.Outlook;
import io.retort.data.Reader;
import io.retort.data.Schema;
import io.retort.data.View;
import io.retort.distill.SparkMasterTrainer;
import io.retort.distill.loss.LossSettings;
import io.retort.distill.loss.TapPair;
import io.retort.distill.loss.TappedLoss;
import io.retort.engine.Tap;
import io.retort.network.InputScaling;
import io.retort.network.Layer;
import io.retort.network.Shape;
import io.retort.network.Structure;
import io.retort.network.zoo.ArchitectureSettings;
import io.retort.pipeline.MisfitException.Misfit;
import io.retort.softlabel.TapCodec;
import io.retort.storage.Storage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What the recipe makes of the data, as far as it can be told before anything is trained: so that what does not fit is found in seconds and not
 * after an hour.
 *
 * @param students by name
 * @param taps what each student needs of the teacher's taps, by the student's name
 */
public record Plan(PlannedTeacher teacher, Map<String, Structure> students, Map<String, List<Tap>> taps) {
    /** The title of the teacher, and the beginning of its networks' titles. */
    public static final String TEACHER = "teacher";

    /** Of a shard, as they are stored; a task holds three times as much, for a moment. */
    private static final long MOST_BYTES_OF_TAPS = 1 << 28;

    /**
     * What a recipe makes of data of this schema.
     *
     * @param storage of saved networks, which are read
     * @throws IllegalArgumentException where something does not fit the data, or a student the teacher; the message says what
     */
    public static Plan of(Recipe recipe, Schema schema, InputScaling scaling, Storage storage) {
        PlannedTeacher teacher = recipe.teacher()
                .plan(new TeacherPlanning(
                        TEACHER,
                        TEACHER,
                        storage,
                        schema,
                        scaling,
                        recipe.data().viewSeed()));
        Map<String, Structure> students = new LinkedHashMap<>();
        for (StudentSettings student : recipe.students()) {
            students.put(student.name(), fitting("student '" + student.name() + "'", "the data", () -> {
                student.tunings()
                        .forEach(tuning ->
                                tuning.training().views().views(recipe.data().viewSeed(), schema.shape()));
                return structure(student.architecture(), schema, scaling);
            }));
        }
        requirePossible(recipe, students);
        Map<String, List<Tap>> taps = taps(recipe, teacher, students);
        fitting(
                "labels.codec",
                "the data",
                () -> recipe.labels().codec().codec().encode(new float[schema.classes()], schema.classes()));
        return new Plan(teacher, students, taps);
    }

    /** The same, of a recipe whose data nobody has read yet: headers and footers tell what samples are like. */
    public static Plan ahead(Recipe recipe, Storage storage) {
        Reader reader = recipe.data().train().reader();
        Schema schema = reader.schema(storage, reader.splits(storage));
        return of(recipe, schema, InputScaling.none(schema.shape().channels()), storage);
    }

    /**
     * Refuses what no weights would allow: a penalty of scales that are not there, and compression, of which each stage is tried on the structure that those
     * before it leave. Of a student's stages, the first that cannot be done is told.
     */
    private static void requirePossible(Recipe recipe, Map<String, Structure> students) {
        List<Misfit> misfits = new ArrayList<>();
        for (int s = 0; s < recipe.students().size(); s++) {
            StudentSettings student = recipe.students().get(s);
            boolean normalised = students.get(student.name()).nodes().stream()
                    .anyMatch(node -> node.layer() instanceof Layer.BatchNorm);
            if (student.training().scalePenalty() > 0 && !normalised) {
                misfits.add(Misfit.at(
                        "students[" + s + "].training",
                        "scale-penalty is " + student.training().scalePenalty()
                                + ", but the network has no BatchNorm whose scales it would reduce; leave it out"));
            }
            Outlook outlook = Outlook.of(students.get(student.name()));
            for (int c = 0; c < student.compress().size(); c++) {
                CompressorSettings stage = student.compress().get(c);
                try {
                    requireTaps(stage, student.lossesOf(stage), outlook);
                    outlook = outlook.after(stage);
                } catch (IllegalArgumentException e) {
                    misfits.add(Misfit.at("students[" + s + "].compress[" + c + "]", e.getMessage()));
                    break;
                }
            }
        }
        if (!misfits.isEmpty()) {
            throw new MisfitException(misfits);
        }
    }

    /** Refuses losses of taps that the stage takes away before it trains. */
    private static void requireTaps(CompressorSettings stage, List<LossSettings> losses, Outlook outlook) {
        for (LossSettings loss : losses) {
            for (TapPair pair : loss.pairs()) {
                boolean goes = outlook.possible().stream()
                        .anyMatch(structure -> structure.taps().containsKey(pair.student())
                                && !stage.taps(structure).containsKey(pair.student()));
                if (goes) {
                    throw new IllegalArgumentException("losses name the student's tap '" + pair.student()
                            + "', which is not what it was when BatchNorm is folded; name what reads the BatchNorm, here and"
                            + " in the student's own losses, or give the stage losses of logits");
                }
            }
        }
    }

    /** What an architecture makes of the data. */
    static Structure structure(ArchitectureSettings architecture, Schema schema, InputScaling scaling) {
        Structure structure = schema.hasTexts()
                ? architecture.buildForTexts(schema.vocabulary(), schema.shape().elements(), schema.classes())
                : architecture.build(schema.shape(), schema.classes());
        return structure.withScaling(scaling);
    }

    private static Map<String, List<Tap>> taps(Recipe recipe, PlannedTeacher teacher, Map<String, Structure> students) {
        Map<String, List<Tap>> taps = new LinkedHashMap<>();
        for (StudentSettings student : recipe.students()) {
            List<Tap> ofStudent = fitting("student '" + student.name() + "'", "the teacher", () -> {
                Structure structure = students.get(student.name());
                return TappedLoss.of(student.losses(), teacher.taps(), structure.taps()).stream()
                        .map(TappedLoss::teacher)
                        .distinct()
                        .toList();
            });
            if (!ofStudent.isEmpty() && recipe.trainer() instanceof SparkMasterTrainer.Settings) {
                throw new IllegalArgumentException("student '" + student.name()
                        + "' has losses of taps, which trainer dl4j does not train; use averaging");
            }
            requireShardsOfTaps(student, ofStudent, recipe.data().samplesPerShard());
            taps.put(student.name(), ofStudent);
        }
        return taps;
    }

    /** A task holds what all taps say of a shard. */
    private static void requireShardsOfTaps(StudentSettings student, List<Tap> taps, int samplesPerShard) {
        long bytes = taps.stream().mapToLong(tap -> new TapCodec(tap).bytes()).sum();
        if (bytes * samplesPerShard > MOST_BYTES_OF_TAPS) {
            throw new IllegalArgumentException("student '" + student.name() + "': the teacher's taps have " + bytes
                    + " bytes a sample, so data.samples-per-shard must be at most "
                    + Math.max(1, MOST_BYTES_OF_TAPS / bytes) + ", was " + samplesPerShard
                    + "; or tap nodes with fewer channels or smaller maps");
        }
    }

    /** The views that the teacher must label: those that some student that listens to it trains on. */
    public static List<View> taughtViews(Recipe recipe, Shape shape) {
        Map<String, View> views = new LinkedHashMap<>();
        for (StudentSettings student : recipe.students()) {
            for (StudentSettings.Tuning tuning : student.tunings()) {
                List<View> seen = tuning.isTaught()
                        ? tuning.training().views().views(recipe.data().viewSeed(), shape)
                        : List.of();
                seen.forEach(view -> views.putIfAbsent(view.fingerprint(), view));
            }
        }
        return List.copyOf(views.values());
    }

    /** Makes a part of the plan, and says of which part a refusal is. */
    static <T> T fitting(String where, String what, Supplier<T> part) {
        try {
            return part.get();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(where + " does not fit " + what + ": " + e.getMessage(), e);
        }
    }
}
