package io.retort.teacher;

import io.retort.config.Names;
import io.retort.data.ClassNames;
import io.retort.data.Column;
import io.retort.data.LabelColumns;
import io.retort.data.Schema;
import io.retort.data.encode.ClassOutput;
import io.retort.engine.onnx.run.ForeignModel;
import io.retort.engine.onnx.run.GraphFacts;
import io.retort.engine.onnx.run.OnnxPredictor;
import io.retort.engine.onnx.run.OnnxSession.Optimisation;
import io.retort.label.ForeignTeacher;
import io.retort.label.ForeignTeacher.Together;
import io.retort.network.Shape;
import io.retort.predict.ElementType;
import io.retort.predict.ModelFacts;
import io.retort.predict.ModelFiles;
import io.retort.predict.ModelHandle;
import io.retort.predict.OutputKind;
import io.retort.predict.ProbeReport;
import io.retort.predict.ProbeReport.Neighbours;
import io.retort.predict.TensorSpec;
import io.retort.storage.ArtifactException;
import io.retort.teacher.OnnxTeacherSettings.BatchDependence;
import io.retort.teacher.RecipeMismatchException.Misfit;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
                ForeignTeacher teacher = new ForeignTeacher(
                        files,
                        inputs(predictor.inputs()),
                        output(predictor.outputs().get(0), model.facts()),
                        taps(predictor.outputs()),
                        Together.BATCH);
                PlannedModel planned = new PlannedModel(
                        planning.title(),
                        teacher.raw(),
                        otherScales(teacher, predictor.inputs()),
                        ModelFacts.ofBytes(files.bytes()),
                        settings.output().kind().declared(),
                        description(files, model.facts(), predictor));
                return new Planned(planned, planning.path(), settings, teacher, model.facts());
            }
        } catch (ArtifactException e) {
            throw misfit("path", e.getMessage());
        }
    }

    /** The output that is read, where the recipe names none: the only one. */
    private String outputName(ForeignModel model) {
        if (settings.output().name().isPresent()) {
            return settings.output().name().get();
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

    private Map<String, ForeignTeacher.Input> inputs(List<TensorSpec> specs) {
        List<String> names = specs.stream().map(TensorSpec::name).toList();
        List<Misfit> misfits = new ArrayList<>();
        Map<String, ForeignTeacher.Input> inputs = new LinkedHashMap<>();
        for (int i = 0; i < settings.inputs().size(); i++) {
            OnnxTeacherSettings.Input given = settings.inputs().get(i);
            String at = planning.path() + ".inputs[" + i + "]";
            Optional<TensorSpec> spec = specs.stream()
                    .filter(one -> one.name().equals(given.name()))
                    .findFirst();
            if (spec.isEmpty()) {
                String meant = Names.nearest(given.name(), names)
                        .map(near -> "did you mean '" + near + "'?")
                        .orElse("its inputs are " + described(specs));
                misfits.add(new Misfit(at + ".name", "the model has no input '" + given.name() + "'; " + meant));
                continue;
            }
            try {
                inputs.put(
                        given.name(),
                        new ForeignTeacher.Input(
                                given.encoder(), given.encoder().encoder(schema, spec.get())));
            } catch (IllegalArgumentException e) {
                misfits.add(Misfit.at(at + ".encoder", e));
            }
        }
        for (TensorSpec spec : misfits.isEmpty() ? specs : List.<TensorSpec>of()) {
            if (!inputs.containsKey(spec.name())) {
                misfits.add(new Misfit(
                        planning.path() + ".inputs",
                        "nothing makes the model's input '" + spec.name() + "', " + spec.describe()
                                + ", of the data's columns "
                                + schema.columns().stream()
                                        .map(Column::describe)
                                        .toList()
                                + "; add { name = " + spec.name() + ", encoder { kind = " + kind(spec)
                                + " ... } }"));
            }
        }
        if (!misfits.isEmpty()) {
            throw new RecipeMismatchException(misfits);
        }
        return inputs;
    }

    private String kind(TensorSpec input) {
        return input.type() == ElementType.STRING ? "text" : schema.shape().isImage() ? "image" : "tensor";
    }

    private Map<String, ModelHandle> otherScales(ForeignTeacher teacher, List<TensorSpec> specs) {
        Map<String, ModelHandle> others = new LinkedHashMap<>();
        for (TensorSpec spec : specs) {
            teacher.inputs().get(spec.name()).settings().otherScales().forEach((divisor, encoder) -> {
                ForeignTeacher.Input input = new ForeignTeacher.Input(encoder, encoder.encoder(schema, spec));
                others.put(
                        "divide-by = " + divisor + " of the input '" + spec.name() + "'",
                        teacher.with(spec.name(), input).raw());
            });
        }
        return others;
    }

    private static List<String> described(List<TensorSpec> specs) {
        return specs.stream().map(spec -> spec.name() + " " + spec.describe()).toList();
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
        return new ClassOutput(spec.name(), kind, settings.output().floor(), places, form(ofTwo, kind));
    }

    private ClassOutput.Form form(boolean ofTwo, OutputKind kind) {
        return switch (schema.target().kind()) {
            case CLASS ->
                !ofTwo
                        ? ClassOutput.Form.ONE_OF_SEVERAL
                        : kind == OutputKind.PROBABILITIES
                                ? ClassOutput.Form.PROBABILITY_OF_TWO
                                : ClassOutput.Form.LOGIT_OF_TWO;
            case SEVERAL_CLASSES -> ClassOutput.Form.SEVERAL;
            case NUMBERS -> ClassOutput.Form.NUMBERS;
        };
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
            case NUMBERS -> EnumSet.of(OnnxTeacherSettings.Kind.AUTO, OnnxTeacherSettings.Kind.NUMBERS);
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

    private List<String> description(ModelFiles files, GraphFacts facts, OnnxPredictor predictor) {
        List<String> lines = new ArrayList<>();
        files.contents().forEach(file -> lines.add("file: " + file.name() + ", " + file.bytes() + " bytes"));
        described(predictor.inputs())
                .forEach(input -> lines.add("input: " + input + ", of " + schema.noun() + " " + schema.shape()));
        described(predictor.outputs()).forEach(output -> lines.add("reads: " + output));
        if (!facts.classLabels().isEmpty()) {
            lines.add("classes in the file: " + facts.classLabels());
        }
        if (!facts.batchDependent().isEmpty()) {
            lines.add("rows of a batch influence each other: " + facts.batchDependent());
        }
        if (!facts.random().isEmpty()) {
            lines.add("draws random numbers: " + facts.random());
        }
        return lines;
    }

    /** A teacher that fits. */
    private record Planned(
            PlannedModel model, String path, OnnxTeacherSettings settings, ForeignTeacher teacher, GraphFacts graph)
            implements PlannedTeacher {
        @Override
        public List<PlannedNetwork> networks() {
            return List.of();
        }

        @Override
        public List<PlannedModel> models() {
            return List.of(model);
        }

        @Override
        public List<String> labellers() {
            return List.of(model.title());
        }

        @Override
        public Optional<PlannedNetwork> network() {
            return Optional.empty();
        }

        @Override
        public Map<String, Shape> taps() {
            return teacher.taps();
        }

        @Override
        public TrainedTeacher make(TeacherTrainer workshop) {
            ProbeReport found = workshop.probe(model);
            found.refusal().ifPresent(this::refuse);
            Neighbours neighbours = found.neighbours().orElseThrow();
            boolean dependent =
                    neighbours.dependent() || !graph.batchDependent().isEmpty();
            if (dependent && settings.batchDependent() == BatchDependence.REFUSE) {
                refuse("its answer for a row depends on the rows beside it: " + neighbours.text()
                        + ". Export it without dynamic quantization and in inference mode, or set " + path
                        + ".batch-dependent = one-by-one, which is slower");
            }
            ForeignTeacher known = teacher.of(found.kind().orElseThrow(), dependent ? Together.NONE : Together.BATCH);
            TrainedTeacher.Part part =
                    new TrainedTeacher.Part(model.title(), known.logits(), model.facts(), List.of(), found.lines());
            return new TrainedTeacher(
                    workshop.labeller(known),
                    Optional.of(known.logits()),
                    Optional.empty(),
                    teacher.files().digest(),
                    List.of(part));
        }

        private void refuse(String message) {
            throw new ArtifactException(model.title() + ", " + settings.path() + ": " + message);
        }
    }
}
