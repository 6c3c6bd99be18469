package io.retort.teacher;

import io.retort.config.FilePaths.FilePath;
import io.retort.config.Names;
import io.retort.config.Secrets;
import io.retort.config.SettingException;
import io.retort.data.ClassNames;
import io.retort.data.LabelColumns;
import io.retort.data.Schema;
import io.retort.data.ViewSettings;
import io.retort.data.encode.ClassOutput;
import io.retort.data.encode.Encoder;
import io.retort.data.encode.Encoder.EncoderSettings;
import io.retort.engine.dl4j.Dl4jPredictor;
import io.retort.label.TeacherModel.Dl4jTeacher;
import io.retort.predict.BatchTensor;
import io.retort.predict.Model.ModelFacts;
import io.retort.predict.ModelFiles;
import io.retort.predict.OutputKind;
import io.retort.predict.Predictor.Inputs;
import io.retort.predict.Predictor.TensorSpec;
import io.retort.storage.ArtifactException;
import io.retort.storage.Storage;
import io.retort.teacher.PlannedTeacher.PlannedAsked;
import io.retort.teacher.PlannedTeacher.PlannedModel;
import io.retort.teacher.RecipeMismatchException.Misfit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.hadoop.fs.Path;

/**
 * Kind {@code dl4j}: a network in a zip that DL4J's {@code ModelSerializer} wrote, or in an HDF5 file of Keras 2.
 *
 * @param path of the file
 * @param encoder that makes the network's input of a row
 * @param classes the data's classes in the order of the network's output; none where that is the data's
 * @param floor the least probability, where the output is probabilities
 */
public record Dl4jTeacherSettings(@FilePath String path, EncoderSettings encoder, List<String> classes, double floor)
        implements TeacherSettings {
    public Dl4jTeacherSettings {
        classes = List.copyOf(classes);
        if (new HashSet<>(classes).size() < classes.size()) {
            throw new SettingException("classes", "must differ, were " + classes);
        }
        if (!(floor > 0 && floor < 1)) {
            throw new SettingException("floor", "must be in (0, 1), was " + floor);
        }
    }

    @Override
    public String title() {
        return "DL4J network " + Secrets.redacted(path);
    }

    @Override
    public Map<String, SavedModel> saved(String at) {
        return Map.of(at + ".path", new SavedZip(path));
    }

    @Override
    public List<ViewSettings> views() {
        return List.of();
    }

    @Override
    public Optional<String> withoutTaps() {
        return Optional.of("the teacher is a network of DL4J, whose layers are not read");
    }

    @Override
    public PlannedTeacher plan(TeacherPlanning planning) {
        try {
            ModelFiles files = new SavedZip(path).files(planning.storage());
            try (Dl4jPredictor network = Dl4jPredictor.open(files.onThisMachine())) {
                return plan(planning, files, network);
            }
        } catch (ArtifactException e) {
            throw misfit(planning, "path", e.getMessage());
        }
    }

    private PlannedTeacher plan(TeacherPlanning planning, ModelFiles files, Dl4jPredictor network) {
        TensorSpec input = network.inputs().get(0);
        Encoder encoding;
        try {
            encoding = encoder.encoder(planning.schema(), input);
        } catch (IllegalArgumentException e) {
            throw new RecipeMismatchException(Misfit.at(planning.path() + ".encoder", e));
        }
        int width = width(network, input, encoding);
        ClassOutput output = output(planning, network.outputKind(), width);
        Dl4jTeacher teacher = new Dl4jTeacher(files, encoder, encoding, output);
        PlannedModel model = new PlannedModel(
                planning.title(),
                teacher.raw(),
                Map.of(),
                new ModelFacts(
                        OptionalLong.of(network.parameters()), OptionalLong.empty(), OptionalLong.of(files.bytes())),
                Optional.of(output.raw().kind() == OutputKind.NUMBERS ? OutputKind.NUMBERS : output.kind()),
                List.of(
                        "file: " + files.contents().get(0).name() + ", " + files.bytes() + " bytes",
                        "input: " + input.describe() + ", of "
                                + planning.schema().noun() + " "
                                + planning.schema().shape(),
                        "reads: " + width + " " + Names.kebab(network.outputKind())));
        return new PlannedAsked(
                model,
                path,
                "",
                (workshop, probe) -> new TrainedTeacher(
                        workshop.labeller(teacher),
                        Optional.of(teacher.logits()),
                        Optional.empty(),
                        files.digest(),
                        List.of(new TrainedTeacher.Part(
                                model.title(), teacher.logits(), model.facts(), List.of(), probe.lines()))));
    }

    /** Values of a row's answer: the network is asked about one of zeros, since not every layer says it. */
    private static int width(Dl4jPredictor network, TensorSpec input, Encoder encoding) {
        BatchTensor zeros = new BatchTensor(input.type(), encoding.sizes(), 1);
        return network.predict(new Inputs(1, Map.of(input.name(), zeros))).width(Dl4jPredictor.OUTPUT);
    }

    private ClassOutput output(TeacherPlanning planning, OutputKind kind, int width) {
        Schema schema = planning.schema();
        LabelColumns.Kind target = schema.target().kind();
        boolean ofTwo = target == LabelColumns.Kind.CLASS && width == 1 && schema.classes() == 2;
        if (width != schema.classes() && !ofTwo) {
            throw misfit(
                    planning,
                    "path",
                    "the network gives " + width + " values per row, but the data has " + schema.classes()
                            + " classes");
        }
        ClassOutput.Form form = ofTwo ? ClassOutput.Form.ofTwo(kind) : ClassOutput.Form.of(target);
        OutputKind read = target == LabelColumns.Kind.NUMBERS ? OutputKind.NUMBERS : kind;
        List<Integer> places = List.of();
        if (!classes.isEmpty()) {
            places = ClassNames.of(schema)
                    .placesIn(classes)
                    .orElseThrow(() -> misfit(
                            planning,
                            "classes",
                            "must be the data's classes " + schema.classNames()
                                    + " in the order of the network's output, was " + classes));
        }
        return new ClassOutput(Dl4jPredictor.OUTPUT, read, floor, new ArrayList<>(places), form);
    }

    private static RecipeMismatchException misfit(TeacherPlanning planning, String key, String message) {
        return new RecipeMismatchException(new Misfit(planning.path() + "." + key, message));
    }

    /** A file, whatever is in it. */
    private record SavedZip(String path) implements SavedModel {
        ModelFiles files(Storage storage) {
            Path file = new Path(path);
            return ModelFiles.of(storage, file.getParent(), List.of(file.getName()));
        }

        @Override
        public String digest(Storage storage) {
            return files(storage).digest();
        }

        @Override
        public Optional<String> problem(Storage storage) {
            Path file = new Path(path);
            return storage.exists(file) && storage.status(file).isFile()
                    ? Optional.empty()
                    : Optional.of(path
                            + " is no file; path takes a zip of DL4J's ModelSerializer or an HDF5 file of Keras 2");
        }
    }
}
