package io.retort.label;

import io.retort.data.encode.ClassOutput;
import io.retort.data.encode.Encoder;
import io.retort.data.encode.EncoderSettings;
import io.retort.data.encode.OutputReading;
import io.retort.data.encode.TapOutput;
import io.retort.engine.Tap;
import io.retort.network.Shape;
import io.retort.predict.ModelFiles;
import io.retort.predict.ModelHandle;
import io.retort.predict.OutputKind;
import io.retort.storage.Digest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A classifier in an ONNX file from elsewhere as a teacher.
 *
 * @param inputs by the name of the model's input
 * @param taps the shapes of the tensors that can be tapped
 */
public record ForeignTeacher(
        ModelFiles files, Map<String, Input> inputs, ClassOutput output, Map<String, Shape> taps, Together together)
        implements TeacherModel {
    /** How an input is made: the settings, and what they become for these rows and this model. */
    public record Input(EncoderSettings settings, Encoder encoder) {}

    /** Which rows the model sees together. */
    public enum Together {
        /** Those of a batch, whose neighbours do not matter. */
        BATCH,
        /** None: each row alone. */
        NONE
    }

    /** The output as it is, in the data's order of classes: what is probed. */
    public ModelHandle raw() {
        return handle(output.raw());
    }

    /** The same with another input of that name. */
    public ForeignTeacher with(String name, Input input) {
        Map<String, Input> others = new TreeMap<>(inputs);
        others.put(name, input);
        return new ForeignTeacher(files, others, output, taps, together);
    }

    /** The same with what the probe has found. */
    public ForeignTeacher of(OutputKind kind, Together rows) {
        return new ForeignTeacher(files, inputs, output.with(kind), taps, rows);
    }

    @Override
    public ModelHandle logits() {
        return handle(output);
    }

    @Override
    public ModelHandle taps(List<Tap> wanted) {
        return handle(new TapOutput(new ArrayList<>(wanted)));
    }

    private ModelHandle handle(OutputReading reading) {
        TreeMap<String, Encoder> encoders = new TreeMap<>();
        Digest digest = new Digest().add("encoded-onnx/2").add(files.digest()).add(inputs.size());
        new TreeMap<>(inputs).forEach((name, input) -> {
            encoders.put(name, input.encoder());
            digest.add(name).add(input.settings());
        });
        boolean alone = together == Together.NONE;
        String fingerprint =
                digest.add(reading).add(alone ? "each row alone" : "in batches").key();
        return new EncodedOnnx(files, encoders, reading, alone ? 1 : Integer.MAX_VALUE, fingerprint);
    }
}
