package io.retort.teacher;

import io.retort.config.Names;
import io.retort.data.ClassNames;
import io.retort.data.LabelColumns;
import io.retort.data.Schema;
import io.retort.data.encode.ClassOutput;
import io.retort.engine.onnx.run.ForeignModel;
import io.retort.engine.onnx.run.ForeignModel.GraphFacts;
import io.retort.engine.onnx.run.OnnxPredictor;
import io.retort.engine.onnx.run.OnnxSession.Optimisation;
import io.retort.label.EncodedFile;
import io.retort.label.EncodedFile.Together;
import io.retort.label.TeacherModel.ForeignTeacher;
import io.retort.label.TextLengths;
import io.retort.network.Shape;
import io.retort.predict.Model.ModelFacts;
import io.retort.predict.Model.ModelHandle;
import io.retort.predict.ModelFiles;
import io.retort.predict.OutputKind;
import io.retort.predict.Predictor.TensorSpec;
import io.retort.predict.ProbeReport;
import io.retort.storage.ArtifactException;
import io.retort.teacher.OnnxTeacherSettings.BatchDependence;
import io.retort.teacher.PlannedTeacher.PlannedModel;
import io.retort.teacher.RecipeMismatchException.Misfit;
import io.retort.teacher.SavedModel.SavedOnnx;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Holds an ONNX model against the recipe and the data, without asking it anything. */
final class OnnxTeacherPlan {
    private final OnnxTeacherSettings settings;
    private final TeacherPlanning planning;
    private final Schema schema;

    OnnxTeacherPlan(OnnxTeacherSettings settings, TeacherPlanning planning) {
        this.settings = settings;
        this.planning = planning;
        this.schema = planning.schema();
    }

    /** @throws RecipeMismatchException where something does not fit */
    PlannedTeacher planned() {
        try {
            ModelFiles files = new SavedOnnx(settings.path()).files(planning.storage());
            ForeignModel model = ForeignModel.at(files.onThisMachine());
            String output = outputName(model);
            List<String> read = Stream.concat(Stream.of(output), settings.taps().stream())
                    .distinct()
                    .toList();
            try (OnnxPredictor predictor = OnnxPredictor.open(model, read, 1, Optimisation.ALL)) {
                ForeignInputs inputs =
                        new ForeignInputs(planning, planning.path(), settings.inputs(), settings.tokenizer());
                ForeignTeacher teacher = new ForeignTeacher(
                        inputs.of(files, predictor.inputs()),
                        output(predictor.outputs().get(0), model.facts()),
                        taps(predictor.outputs()));
                PlannedModel planned = new PlannedModel(
                        planning.title(),
                        teacher.raw(),
                        otherScales(teacher, predictor.inputs()),
                        ModelFacts.ofBytes(files.bytes()),
                        settings.output().kind().declared(),
                        ForeignInputs.description(planning.schema(), teacher.file(), model.facts(), predictor),
                        teacher.file().texts().stream().findFirst().map(TextLengths::new),
                        OptionalInt.empty());
                return new Planned(planned, planning.path(), settings, teacher, model.facts());
            }
        } catch (ArtifactException e) {
            throw misfit("path", e.getMessage());
        }
    }

    /** The output that is read, where the recipe names none: the ZipMap beside a class, or the only one. */
    private String outputName(ForeignModel model) {
        if (settings.output().name().isPresent()) {
            return settings.output().name().get();
        }
        List<String> zipMaps = model.facts().zipMaps();
        if (zipMaps.size() == 1) {
            return zipMaps.get(0);
        }
        try (OnnxPredictor predictor = OnnxPredictor.open(model, 1)) {
            List<String> names =
                    predictor.outputs().stream().map(TensorSpec::name).toList();
            if (names.size() > 1) {
                throw misfit(
                        "output.name", "missing; name the output that has a value for each class, one of " + names);
            }
            return names.get(0);
        }
    }

    private Map<String, ModelHandle> otherScales(ForeignTeacher teacher, List<TensorSpec> specs) {
        Map<String, ModelHandle> others = new LinkedHashMap<>();
        for (TensorSpec spec : specs) {
            EncodedFile.Input made = teacher.file().inputs().get(spec.name());
            if (made == null) {
                continue; // a tokenizer makes it
            }
            made.settings().otherScales().forEach((divisor, encoder) -> {
                EncodedFile.Input input = new EncodedFile.Input(encoder, encoder.encoder(schema, spec));
                others.put(
                        "divide-by = " + divisor + " of the input '" + spec.name() + "'",
                        teacher.with(spec.name(), input).raw());
            });
        }
        return others;
    }

    private ClassOutput output(TensorSpec spec, GraphFacts facts) {
        List<Integer> sizes = spec.rowSizes();
        int width = sizes.stream().reduce(1, (one, other) -> one * other);
        boolean ofTwo = !sizes.contains(TensorSpec.OPEN)
                && width == 1
                && schema.target().kind() == LabelColumns.Kind.CLASS
                && schema.classes() == 2;
        if (!sizes.contains(TensorSpec.OPEN) && width != schema.classes() && !ofTwo) {
            throw misfit(
                    "output",
                    "'" + spec.name() + "' is " + spec.describe() + ", so it has " + width
                            + " values per row, but the data has " + schema.classes() + " classes; name another output,"
                            + " or let class-names of the data be those of the model");
        }
        requireKind(ofTwo);
        OutputKind kind = settings.output().kind().declared().orElse(OutputKind.LOGITS);
        ArrayList<Integer> places = ofTwo ? new ArrayList<>() : new ArrayList<>(columns(facts));
        ClassOutput.Form form = ofTwo
                ? ClassOutput.Form.ofTwo(kind)
                : ClassOutput.Form.of(schema.target().kind());
        return new ClassOutput(spec.name(), kind, settings.output().floor(), places, form);
    }

    /** Refuses a kind of output that is none of what networks predict here. */
    private void requireKind(boolean ofTwo) {
        OnnxTeacherSettings.Kind kind = settings.output().kind();
        LabelColumns.Kind target = schema.target().kind();
        Set<OnnxTeacherSettings.Kind> allowed = switch (target) {
            case CLASS ->
                ofTwo
                        ? EnumSet.of(OnnxTeacherSettings.Kind.LOGITS, OnnxTeacherSettings.Kind.PROBABILITIES)
                        : EnumSet.complementOf(EnumSet.of(OnnxTeacherSettings.Kind.NUMBERS));
            case SEVERAL_CLASSES ->
                EnumSet.of(
                        OnnxTeacherSettings.Kind.AUTO,
                        OnnxTeacherSettings.Kind.LOGITS,
                        OnnxTeacherSettings.Kind.PROBABILITIES);
            case NUMBERS, EMBEDDING -> EnumSet.of(OnnxTeacherSettings.Kind.AUTO, OnnxTeacherSettings.Kind.NUMBERS);
        };
        if (!allowed.contains(kind)) {
            throw misfit(
                    "output.kind",
                    "must be " + allowed.stream().map(Names::kebab).collect(Collectors.joining(" or "))
                            + (ofTwo
                                    ? ", for the output has one value per row, which is of the class '"
                                            + schema.classNames().get(1) + "'"
                                    : ", for the data has target = " + Names.kebab(target))
                            + ", was " + Names.kebab(kind));
        }
    }

    /** The place of each of the data's classes in the output; none where the orders are the same. */
    private List<Integer> columns(GraphFacts facts) {
        List<String> data = schema.classNames();
        List<String> ofModel = settings.classes().isEmpty() ? facts.classLabels() : settings.classes();
        if (ofModel.isEmpty()) {
            return List.of();
        }
        Optional<List<Integer>> places = ClassNames.of(schema).placesIn(ofModel);
        if (places.isPresent()) {
            return places.get();
        }
        String found = settings.classes().isEmpty() ? "missing, for the model's own classes are " + ofModel : "must";
        throw misfit(
                "classes",
                found + (settings.classes().isEmpty() ? "; name" : " be") + " the data's classes " + data
                        + " in the order of the model's output"
                        + (settings.classes().isEmpty() ? "" : ", was " + ofModel));
    }

    private Map<String, Shape> taps(List<TensorSpec> specs) {
        Map<String, Shape> taps = new LinkedHashMap<>();
        for (int i = 0; i < settings.taps().size(); i++) {
            String name = settings.taps().get(i);
            TensorSpec spec = specs.stream()
                    .filter(one -> one.name().equals(name))
                    .findFirst()
                    .orElseThrow();
            List<Integer> sizes = spec.rowSizes();
            if (sizes.contains(TensorSpec.OPEN) || (sizes.size() != 1 && sizes.size() != 3)) {
                throw misfit(
                        "taps[" + i + "]",
                        "'" + name + "' is " + spec.describe()
                                + "; a tap must be [batch, features] or [batch, channels, height, width], all but the"
                                + " batch given");
            }
            taps.put(name, new Shape(sizes));
        }
        return taps;
    }

    private RecipeMismatchException misfit(String key, String message) {
        return new RecipeMismatchException(new Misfit(planning.path() + "." + key, message));
    }

    /** A teacher that fits. */
    private record Planned(
            PlannedModel model, String path, OnnxTeacherSettings settings, ForeignTeacher teacher, GraphFacts graph)
            implements PlannedTeacher {
        @Override
        public List<PlannedModel> models() {
            return List.of(model);
        }

        @Override
        public Map<String, Shape> taps() {
            return teacher.taps();
        }

        @Override
        public TrainedTeacher make(TeacherTrainer workshop) {
            ProbeReport found = workshop.probe(model);
            found.refusal().ifPresent(this::refuse);
            boolean dependent = found.neighbours().orElseThrow().dependent()
                    || !graph.batchDependent().isEmpty();
            if (dependent && settings.batchDependent() == BatchDependence.REFUSE) {
                refuse(ForeignInputs.dependence(found, path));
            }
            ForeignTeacher known = teacher.of(found.kind().orElseThrow(), dependent ? Together.NONE : Together.BATCH);
            TrainedTeacher.Part part =
                    new TrainedTeacher.Part(model.title(), known.logits(), model.facts(), List.of(), found.lines());
            return new TrainedTeacher(
                    workshop.labeller(known),
                    Optional.of(known.logits()),
                    Optional.empty(),
                    teacher.file().files().digest(),
                    List.of(part));
        }

        private void refuse(String message) {
            throw new ArtifactException(model.title() + ", " + settings.path() + ": " + message);
        }
    }
}
