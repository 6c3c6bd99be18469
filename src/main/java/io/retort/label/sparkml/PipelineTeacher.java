package io.retort.label.sparkml;

import io.retort.config.Names;
import io.retort.data.Schema;
import io.retort.predict.Model;
import io.retort.predict.Model.ModelHandle;
import io.retort.predict.OutputKind;
import io.retort.storage.Digest;
import java.util.List;

/**
 * A saved {@code PipelineModel} of Spark ML as a teacher. It can be opened where a Spark session is, on the driver.
 *
 * @param digest of its files
 * @param schema of the rows that it is given
 * @param output the column that has a value for each class, and its kind; nothing for the last stage's probabilities
 * @param classes the data's classes in the order of the output; none where the pipeline's own indexer says it
 * @param floor the least probability; none for that of the last stage
 */
public record PipelineTeacher(
        String path, String digest, Schema schema, List<Output> output, List<String> classes, List<Double> floor)
        implements ModelHandle {
    /** A column and what its numbers are. */
    public record Output(String column, OutputKind kind) implements java.io.Serializable {}

    public PipelineTeacher {
        output = List.copyOf(output);
        classes = List.copyOf(classes);
        floor = List.copyOf(floor);
    }

    @Override
    public String fingerprint() {
        Digest digested = new Digest().add("pipeline-teacher/1").add(digest).addAll(schema.columns());
        digested.addTexts(schema.classNames()).addTexts(classes).add(output.size());
        output.forEach(one -> digested.add(one.column()).add(Names.kebab(one.kind())));
        floor.forEach(digested::add);
        return digested.key();
    }

    @Override
    public Model open(int threads) {
        return PipelineAnswers.load(this);
    }

    @Override
    public boolean isForTheDriver() {
        return true;
    }

    /** The output as it is, in the data's order of classes: what is probed. */
    public ModelHandle raw() {
        return new Raw(this);
    }

    private record Raw(PipelineTeacher teacher) implements ModelHandle {
        @Override
        public String fingerprint() {
            return new Digest().add("raw").add(teacher.fingerprint()).key();
        }

        @Override
        public Model open(int threads) {
            return PipelineAnswers.load(teacher).raw();
        }

        @Override
        public boolean isForTheDriver() {
            return true;
        }
    }
}
