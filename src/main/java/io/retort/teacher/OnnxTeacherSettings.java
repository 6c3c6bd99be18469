package io.retort.teacher;

import io.retort.config.FilePaths.FilePath;
import io.retort.config.Secrets;
import io.retort.config.SettingException;
import io.retort.data.ViewSettings;
import io.retort.data.encode.Encoder.EncoderSettings;
import io.retort.data.tokenize.TokenizerSettings;
import io.retort.predict.OutputKind;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Kind {@code onnx}: a classifier in an ONNX file, whoever made it.
 *
 * @param path of the file; its data file, where it has one, lies beside it
 * @param inputs one for each of the model's inputs that the tokenizer does not make
 * @param tokenizer where the model takes ids of tokens
 * @param classes the data's classes in the order of the model's output; none where that is the data's, or is in the
 *     file
 * @param taps tensors inside of the model that losses of students may name
 * @param batchDependent what is done with a model whose answer for a row depends on the rows beside it
 */
public record OnnxTeacherSettings(
        @FilePath String path,
        List<Input> inputs,
        Optional<TokenizerSettings> tokenizer,
        Output output,
        List<String> classes,
        List<String> taps,
        BatchDependence batchDependent)
        implements TeacherSettings {
    /** How an input of the model is made of a row. */
    public record Input(String name, EncoderSettings encoder) {}

    /**
     * What the model gives.
     *
     * @param name of the output; may be absent where the model has one
     * @param floor the least probability, where the output is probabilities or their logarithms
     */
    public record Output(Optional<String> name, Kind kind, double floor) {
        public Output {
            if (!(floor > 0 && floor < 1)) {
                throw new SettingException("floor", "must be in (0, 1), was " + floor);
            }
        }
    }

    /** What the output's numbers are. */
    public enum Kind {
        /** What the numbers look like. */
        AUTO,
        LOGITS,
        PROBABILITIES,
        LOG_PROBABILITIES,
        NUMBERS;

        Optional<OutputKind> declared() {
            return this == AUTO ? Optional.empty() : Optional.of(OutputKind.valueOf(name()));
        }
    }

    /** What is done with a model whose answer for a row depends on the rows beside it. */
    public enum BatchDependence {
        REFUSE,
        ONE_BY_ONE
    }

    public OnnxTeacherSettings {
        inputs = List.copyOf(inputs);
        classes = List.copyOf(classes);
        taps = List.copyOf(taps);
        if (new HashSet<>(inputs.stream().map(Input::name).toList()).size() < inputs.size()) {
            throw new SettingException(
                    "inputs",
                    "must differ in their names, were "
                            + inputs.stream().map(Input::name).toList());
        }
        if (new HashSet<>(classes).size() < classes.size()) {
            throw new SettingException("classes", "must differ, were " + classes);
        }
    }

    @Override
    public String title() {
        return "ONNX model " + Secrets.redacted(path);
    }

    @Override
    public Map<String, SavedModel> saved(String at) {
        return SavedModel.onnx(at, path, tokenizer);
    }

    @Override
    public List<ViewSettings> views() {
        return List.of();
    }

    @Override
    public Optional<String> withoutTaps() {
        return taps.isEmpty()
                ? Optional.of("the teacher is an ONNX model, and none of its tensors is named in teacher.taps")
                : Optional.empty();
    }

    @Override
    public PlannedTeacher plan(TeacherPlanning planning) {
        return new OnnxTeacherPlan(this, planning).planned();
    }
}
