package io.retort.label;

import io.retort.data.encode.ClassOutput;
import io.retort.data.encode.TapOutput;
import io.retort.engine.Tap;
import io.retort.label.EncodedFile.Input;
import io.retort.label.EncodedFile.Together;
import io.retort.network.Shape;
import io.retort.predict.ModelHandle;
import io.retort.predict.OutputKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A classifier in an ONNX file from elsewhere as a teacher.
 *
 * @param taps the shapes of the tensors that can be tapped
 */
public record ForeignTeacher(EncodedFile file, ClassOutput output, Map<String, Shape> taps) implements TeacherModel {
    /** The output as it is, in the data's order of classes: what is probed. */
    public ModelHandle raw() {
        return file.reading(output.raw());
    }

    /** The same with another input of that name. */
    public ForeignTeacher with(String name, Input input) {
        return new ForeignTeacher(file.with(name, input), output, taps);
    }

    /** The same with what the probe has found. */
    public ForeignTeacher of(OutputKind kind, Together rows) {
        return new ForeignTeacher(file.with(rows), output.with(kind), taps);
    }

    @Override
    public ModelHandle logits() {
        return file.reading(output);
    }

    @Override
    public ModelHandle taps(List<Tap> wanted) {
        return file.reading(new TapOutput(new ArrayList<>(wanted)));
    }
}
