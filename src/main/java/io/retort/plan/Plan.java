package io.retort.plan;

import io.retort.compress.CompressorSettings;
import io.retort.compress.PossibleStructures;
import io.retort.config.Names;
import io.retort.config.SettingException;
import io.retort.data.LabelColumns;
import io.retort.data.Schema;
import io.retort.data.Target;
import io.retort.data.View;
import io.retort.data.source.ReaderSettings;
import io.retort.distill.loss.FeatureLoss.Settings.TapPair;
import io.retort.distill.loss.LossSettings;
import io.retort.distill.loss.TappedLoss;
import io.retort.engine.Tap;
import io.retort.engine.dl4j.LayerSet;
import io.retort.label.Labeller.LabelRequest;
import io.retort.label.TapCodec;
import io.retort.network.InputScaling;
import io.retort.network.Layer;
import io.retort.network.Network;
import io.retort.network.Shape;
import io.retort.network.Structure;
import io.retort.recipe.Recipe;
import io.retort.recipe.StudentSettings;
import io.retort.storage.Storage;
import io.retort.teacher.PlannedTeacher;
import io.retort.teacher.PlannedTeacher.PlannedModel;
import io.retort.teacher.PlannedTeacher.PlannedNetwork;
import io.retort.teacher.RecipeMismatchException;
import io.retort.teacher.RecipeMismatchException.Misfit;
import io.retort.teacher.SavedNetwork;
import io.retort.teacher.TeacherPlanning;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What the recipe makes of the data, as far as it can be told before anything is trained: so that what does not fit is
 * found in seconds and not after an hour.
 *
 * @param students what is trained, by the student's name; an example, where weights decide what compression before the
 *     training leaves
 * @param saved networks where students begin, by the student's name
 * @param taps what each student needs of the teacher's taps, by the student's name
 */
public record Plan(
        PlannedTeacher teacher,
        Map<String, Structure> students,
        Map<String, Network> saved,
        Map<String, List<Tap>> taps) {
    /** The title of the teacher, and the beginning of its networks' titles. */
    public static final String TEACHER = "teacher";

    /** Of a shard, as they are stored; a task holds three times as much, for a moment. */
    private static final long MOST_BYTES_OF_TAPS = 1 << 28;

    /**
     * What a recipe makes of data of this schema.
     *
     * @param storage of saved networks, which are read
     * @throws IllegalArgumentException where something does not fit the data, or a student the teacher; the message
     *     says what
     */
    public static Plan of(Recipe recipe, Schema schema, InputScaling scaling, Storage storage) {
        recipe.data().unseenOf(schema.target());
        recipe.export().ifPresent(export -> export.requireFits(schema.target()));
        PlannedTeacher teacher = recipe.teacher()
                .plan(new TeacherPlanning(
                        TEACHER,
                        TEACHER,
                        storage,
                        schema,
                        scaling,
                        recipe.data().viewSeed()));
        requireLastingVectors(recipe, teacher);
        Map<String, Network> saved = new HashMap<>();
        Map<String, Structure> beginnings = new LinkedHashMap<>();
        for (int s = 0; s < recipe.students().size(); s++) {
            StudentSettings student = recipe.students().get(s);
            String path = "students[" + s + "]";
            student.saved()
                    .ifPresent(from -> saved.put(student.name(), SavedNetwork.read(storage, schema, from, path)));
            requireClasses(student, schema.target(), path);
            Optional<Structure> begun = student.from()
                    .map(from -> from.equals(StudentSettings.TEACHER)
                            ? structure(teacher, path)
                            : saved.get(student.name()).structure());
            beginnings.put(
                    student.name(), PlannedNetwork.fitting("student '" + student.name() + "'", "the data", () -> {
                        student.tunings()
                                .forEach(tuning -> tuning.training()
                                        .views()
                                        .views(recipe.data().viewSeed(), schema));
                        boolean ofVectors = schema.target().kind() == LabelColumns.Kind.EMBEDDING;
                        Stream.concat(
                                        Stream.concat(
                                                ofVectors ? Stream.empty() : student.baselineLosses().stream(),
                                                student.controlLosses().stream()),
                                        student.tunings().stream().flatMap(tuning -> tuning.losses().stream()))
                                .forEach(loss -> loss.requireFits(schema.target()));
                        student.calibration().ifPresent(calibration -> calibration.requireFits(schema.target()));
                        return begun.orElseGet(() ->
                                PlannedNetwork.structure(student.architecture().orElseThrow(), schema, scaling));
                    }));
        }
        Map<String, Structure> students = trained(recipe, beginnings);
        requireLayers(recipe, teacher, students);
        requireViews(recipe, teacher);
        Map<String, List<Tap>> taps = taps(recipe, teacher, students);
        PlannedNetwork.fitting(
                "labels.codec",
                "the data",
                () -> recipe.labels()
                        .codec()
                        .codecFor(schema.target())
                        .encode(new float[schema.classes()], schema.classes()));
        return new Plan(teacher, students, saved, taps);
    }

    /** A control learns the teacher's most probable class, of which there is none but where a row has one class. */
    private static void requireClasses(StudentSettings student, Target target, String path) {
        if (student.control().isPresent() && target.kind() != LabelColumns.Kind.CLASS) {
            throw new RecipeMismatchException(new Misfit(
                    path + ".control",
                    "must be left out, for hard-labels are the teacher's most probable classes, and the data has target = "
                            + Names.kebab(target.kind())
                            + "; the gain over the baseline needs none"));
        }
    }

    /** Refuses vectors that are reduced in a way that is found anew each night. */
    private static void requireLastingVectors(Recipe recipe, PlannedTeacher teacher) {
        for (PlannedModel model : teacher.models()) {
            int width = model.embedding().orElse(0);
            recipe.data()
                    .embedding()
                    .filter(vectors -> recipe.retrain().model().isPresent() && vectors.dimension() < width)
                    .ifPresent(vectors -> {
                        throw new RecipeMismatchException(new Misfit(
                                "data.embedding.dimension",
                                "must be " + width + ", that of the teacher, where retrain.model is set, was "
                                        + vectors.dimension() + "; a reduction is fitted to each night's rows, so"
                                        + " vectors of two nights would not compare"));
                    });
        }
    }

    /** Refuses views of students whose teacher labels rows only as they are. */
    private static void requireViews(Recipe recipe, PlannedTeacher teacher) {
        List<Misfit> misfits = new ArrayList<>();
        for (int s = 0; s < recipe.students().size() && teacher.plainOnly().isPresent(); s++) {
            boolean plain = recipe.students().get(s).tunings().stream()
                    .filter(StudentSettings.Tuning::isTaught)
                    .allMatch(tuning -> tuning.training().views().isPlain());
            if (!plain) {
                misfits.add(new Misfit(
                        "students[" + s + "].training.views",
                        "must be none, for " + teacher.plainOnly().get()));
            }
        }
        if (!misfits.isEmpty()) {
            throw new RecipeMismatchException(misfits);
        }
    }

    /** Refuses networks whose layers the trainer does not have. */
    private static void requireLayers(Recipe recipe, PlannedTeacher teacher, Map<String, Structure> students) {
        Map<String, Structure> trained = new LinkedHashMap<>();
        teacher.networks().stream()
                .filter(network -> network.training().isPresent())
                .forEach(network -> trained.put(network.title(), network.structure()));
        students.forEach((name, structure) -> trained.put("student '" + name + "'", structure));
        List<Misfit> misfits = new ArrayList<>();
        trained.forEach((title, structure) -> recipe.trainer()
                .layers()
                .obstacle(structure)
                .ifPresent(obstacle -> misfits.add(new Misfit(
                        "trainer",
                        "trains DL4J's own layers only, but in " + title + " " + obstacle
                                + "; set trainer = synchronous"))));
        if (!misfits.isEmpty()) {
            throw new RecipeMismatchException(misfits);
        }
    }

    /** The teacher's structure, for a student that begins as it. */
    private static Structure structure(PlannedTeacher teacher, String path) {
        int models = teacher.labellers().size();
        return teacher.network()
                .map(PlannedNetwork::structure)
                .orElseThrow(() -> new RecipeMismatchException(new Misfit(
                        path + ".from",
                        models > 1
                                ? "is teacher, but that has " + models
                                        + " networks; set it to the directory of a saved one, or learn from a single teacher"
                                : "is teacher, but that is a model from elsewhere, which cannot be trained further;"
                                        + " set an architecture instead")));
    }

    /** The same, of a recipe whose data nobody has read yet: headers and footers tell what samples are like. */
    public static Plan ahead(Recipe recipe, Storage storage) {
        NamedData data = NamedData.of(storage, recipe);
        Schema schema = data.schema(storage);
        Schema test = schema(storage, data.settings().test());
        test = test.with(data.input(test));
        NamedData.requireSameKind(schema, "data.test", test);
        Schema whole = schema.with(recipe.data().target(schema.target().or(test.target())));
        return of(recipe, whole, InputScaling.none(schema.shape().channels()), storage);
    }

    static Schema schema(Storage storage, ReaderSettings settings) {
        return settings.source(storage).schema();
    }

    /**
     * What students are when their training begins. Refuses what no weights would allow: a penalty of scales that are
     * not there, and compression, of which each stage is tried on the structure that those before it leave. Of a
     * student's stages, the first that cannot be done is told.
     */
    private static Map<String, Structure> trained(Recipe recipe, Map<String, Structure> beginnings) {
        List<Misfit> misfits = new ArrayList<>();
        Map<String, Structure> trained = new LinkedHashMap<>();
        for (int s = 0; s < recipe.students().size(); s++) {
            StudentSettings student = recipe.students().get(s);
            String path = "students[" + s + "]";
            try {
                PossibleStructures first = after(
                        PossibleStructures.of(beginnings.get(student.name())),
                        student,
                        student.compressFirst(),
                        path + ".compress-first");
                Structure structure = first.possible().get(0);
                trained.put(student.name(), structure);
                withoutScales(student, structure)
                        .ifPresent(message -> misfits.add(new Misfit(path + ".training.scale-penalty", message)));
                after(first, student, student.compress(), path + ".compress");
            } catch (RecipeMismatchException e) {
                misfits.addAll(e.misfits());
            }
        }
        if (!misfits.isEmpty()) {
            throw new RecipeMismatchException(misfits);
        }
        return trained;
    }

    /** Why a penalty of scales can do nothing, if there is one. */
    private static Optional<String> withoutScales(StudentSettings student, Structure structure) {
        double penalty = student.training().scalePenalty();
        boolean normalised = structure.nodes().stream().anyMatch(node -> node.layer() instanceof Layer.BatchNorm);
        return penalty > 0 && !normalised
                ? Optional.of("is " + penalty
                        + ", but the network has no BatchNorm whose scales it would reduce; leave it out")
                : Optional.empty();
    }

    /**
     * The structures that the stages after its training may leave of a student's network.
     *
     * @throws IllegalArgumentException where a stage can never be done
     */
    public static PossibleStructures compressed(StudentSettings student, Structure trained) {
        return after(PossibleStructures.of(trained), student, student.compress(), "compress");
    }

    private static PossibleStructures after(
            PossibleStructures before, StudentSettings student, List<CompressorSettings> stages, String path) {
        PossibleStructures outlook = before;
        for (int c = 0; c < stages.size(); c++) {
            CompressorSettings stage = stages.get(c);
            try {
                requireTaps(stage, student.lossesOf(stage), outlook);
                outlook = outlook.after(stage);
            } catch (IllegalArgumentException e) {
                throw new RecipeMismatchException(Misfit.at(path + "[" + c + "]", e));
            }
        }
        return outlook;
    }

    /** Refuses losses of taps that the stage takes away before it trains. */
    private static void requireTaps(CompressorSettings stage, List<LossSettings> losses, PossibleStructures outlook) {
        for (LossSettings loss : losses) {
            for (TapPair pair : loss.pairs()) {
                boolean goes = outlook.possible().stream()
                        .anyMatch(structure -> structure.taps().containsKey(pair.student())
                                && !stage.taps(structure).containsKey(pair.student()));
                if (goes) {
                    throw new SettingException(
                            "losses",
                            "name the student's tap '" + pair.student()
                                    + "', which is not what it was when BatchNorm is folded; name what reads the BatchNorm, here and"
                                    + " in the student's own losses, or give the stage losses of logits");
                }
            }
        }
    }

    private static Map<String, List<Tap>> taps(Recipe recipe, PlannedTeacher teacher, Map<String, Structure> students) {
        Map<String, List<Tap>> taps = new LinkedHashMap<>();
        for (StudentSettings student : recipe.students()) {
            List<Tap> ofStudent = PlannedNetwork.fitting("student '" + student.name() + "'", "the teacher", () -> {
                Structure structure = students.get(student.name());
                return TappedLoss.of(student.losses(), teacher.taps(), structure.taps()).stream()
                        .map(TappedLoss::teacher)
                        .distinct()
                        .toList();
            });
            if (!ofStudent.isEmpty() && recipe.trainer().layers() == LayerSet.STOCK) {
                throw new IllegalArgumentException("student '" + student.name()
                        + "' has losses of taps, which this trainer does not train; set trainer = synchronous");
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

    /**
     * The labels that students need of the teacher: of each view that one of them trains on, the logits and that
     * student's taps.
     */
    public List<LabelRequest> labels(Recipe recipe, Shape shape) {
        return taughtViews(recipe, shape).stream()
                .map(view -> new LabelRequest(
                        view,
                        recipe.students().stream()
                                .filter(student ->
                                        student
                                                .training()
                                                .views()
                                                .views(recipe.data().viewSeed(), shape)
                                                .stream()
                                                .anyMatch(seen ->
                                                        seen.fingerprint().equals(view.fingerprint())))
                                .flatMap(student -> taps.get(student.name()).stream())
                                .distinct()
                                .toList()))
                .toList();
    }

    /**
     * The views that the teacher must label: those that some student that listens to it trains on, and rows as they are
     * where one is calibrated to it.
     */
    public static List<View> taughtViews(Recipe recipe, Shape shape) {
        Map<String, View> views = new LinkedHashMap<>();
        recipe.students().stream()
                .flatMap(student -> taughtViews(student, recipe.data().viewSeed(), shape))
                .forEach(view -> views.putIfAbsent(view.fingerprint(), view));
        if (recipe.students().stream()
                .flatMap(student -> student.calibration().stream())
                .anyMatch(calibration -> !calibration.readsLabels())) {
            views.putIfAbsent(View.plain().fingerprint(), View.plain());
        }
        return List.copyOf(views.values());
    }

    /** The views that a student trains on while it listens to the teacher. */
    public static Stream<View> taughtViews(StudentSettings student, long viewSeed, Shape shape) {
        return student.tunings().stream()
                .filter(StudentSettings.Tuning::isTaught)
                .flatMap(tuning -> tuning.training().views().views(viewSeed, shape).stream());
    }
}
