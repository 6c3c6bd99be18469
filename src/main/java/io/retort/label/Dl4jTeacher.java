package io.retort.label;

import io.retort.data.encode.ClassOutput;
import io.retort.data.encode.EncodedModel;
import io.retort.data.encode.Encoder;
import io.retort.data.encode.EncoderSettings;
import io.retort.data.encode.OutputReading;
import io.retort.engine.dl4j.Dl4jPredictor;
import io.retort.predict.Model;
import io.retort.predict.ModelFiles;
import io.retort.predict.ModelHandle;
import io.retort.storage.Digest;
import java.util.Map;

/**
 * A network in a zip of DL4J as a teacher.
 *
 * @param settings of what makes its input
 * @param encoder that, for these rows and this network
 */
public record Dl4jTeacher(ModelFiles files, EncoderSettings settings, Encoder encoder, ClassOutput output)
        implements TeacherModel {
    /** The output as it is, in the data's order of classes: what is probed. */
    public ModelHandle raw() {
        return handle(output.raw());
    }

    @Override
    public ModelHandle logits() {
        return handle(output);
    }

    private ModelHandle handle(OutputReading reading) {
        String fingerprint = new Digest()
                .add("encoded-dl4j/1")
                .add(files.digest())
                .add(settings)
                .add(reading)
                .key();
        return new Handle(files, encoder, reading, fingerprint);
    }

    private record Handle(ModelFiles files, Encoder encoder, OutputReading reading, String fingerprint)
            implements ModelHandle {
        @Override
        public Model open(int threads) {
            Dl4jPredictor predictor = Dl4jPredictor.open(files.onThisMachine());
            return new EncodedModel(
                    predictor, Map.of(predictor.inputs().get(0).name(), encoder), reading, Integer.MAX_VALUE);
        }
    }
}
