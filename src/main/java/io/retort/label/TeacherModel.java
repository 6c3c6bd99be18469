package io.retort.label;

import io.retort.data.Column.NumberColumn;
import io.retort.data.DataType;
import io.retort.data.Target;
import io.retort.data.encode.ClassOutput;
import io.retort.data.encode.EncodedModel;
import io.retort.data.encode.EncodedModel.OutputReading;
import io.retort.data.encode.Encoder;
import io.retort.data.encode.Encoder.EncoderSettings;
import io.retort.data.encode.TapOutput;
import io.retort.engine.Tap;
import io.retort.engine.dl4j.Dl4jPredictor;
import io.retort.engine.onnx.write.ExportedNetwork;
import io.retort.engine.onnx.write.OnnxModel;
import io.retort.label.EncodedFile.Input;
import io.retort.label.EncodedFile.Together;
import io.retort.label.Labeller.LabellingSettings;
import io.retort.network.Network;
import io.retort.network.Shape;
import io.retort.predict.Model;
import io.retort.predict.Model.ModelHandle;
import io.retort.predict.ModelFiles;
import io.retort.predict.OutputKind;
import io.retort.storage.Digest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A model that teaches: one handle for its logits, and others for the values of its taps. */
public interface TeacherModel {
    /** Gives logits {@code [batch, classes]}. */
    ModelHandle logits();

    /** The name under which its labels are stored. */
    default String fingerprint() {
        return logits().fingerprint();
    }

    /** Values of a row. */
    default int width(Target target) {
        return target.outputs();
    }

    /** How they are stored. */
    default Codec codec(LabellingSettings settings, Target target) {
        return settings.codec().codecFor(target);
    }

    /** The shape of each node that can be tapped. */
    default Map<String, Shape> taps() {
        return Map.of();
    }

    /**
     * Gives the values of these taps side by side, {@code [batch, elements of all]}. A tap's values must have the same
     * bits whatever other taps are asked for, since a store may lack one and have the others.
     */
    default ModelHandle taps(List<Tap> taps) {
        throw new IllegalArgumentException("a teacher without taps was asked for " + taps);
    }

    /**
     * A teacher whose vectors are what students learn.
     *
     * @param logits the model, whose values are the vector of a row
     * @param width of the vector, at least that of the students'
     */
    record EmbeddingModel(ModelHandle logits, int width) implements TeacherModel {
        @Override
        public int width(Target target) {
            return width;
        }
    }

    /**
     * A model that gives no scores but features of a row, such as the embedding of its text, from which a classifier is
     * fitted. They are stored as labels are, by shard, as they are.
     *
     * @param logits the model, whose values are features
     * @param width of the features of a row
     */
    record FeatureModel(ModelHandle logits, int width) implements TeacherModel {
        /** What the column of features is called, beside those of the rows. */
        public static final String COLUMN = "retort-features";

        /** The column that the features are. */
        public static NumberColumn column(int width) {
            return new NumberColumn(COLUMN, DataType.FLOAT32, Shape.vector(width), List.of());
        }

        @Override
        public int width(Target target) {
            return width;
        }

        @Override
        public Codec codec(LabellingSettings settings, Target target) {
            return new Float32Codec();
        }
    }

    /**
     * A network of ours as a teacher.
     *
     * @param logits the file that it exports to
     */
    record NetworkTeacher(Network network, ModelHandle logits) implements TeacherModel {
        @Override
        public Map<String, Shape> taps() {
            return network.structure().taps();
        }

        /** A model of that part of the network that the taps need. */
        @Override
        public ModelHandle taps(List<Tap> taps) {
            return ExportedNetwork.ofTaps(OnnxModel.taps(network, taps));
        }
    }

    /**
     * A classifier in an ONNX file from elsewhere as a teacher.
     *
     * @param taps the shapes of the tensors that can be tapped
     */
    record ForeignTeacher(EncodedFile file, ClassOutput output, Map<String, Shape> taps) implements TeacherModel {
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

    /**
     * A network in a zip of DL4J as a teacher.
     *
     * @param settings of what makes its input
     * @param encoder that, for these rows and this network
     */
    record Dl4jTeacher(ModelFiles files, EncoderSettings settings, Encoder encoder, ClassOutput output)
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
}
