package io.retort.ml;

import io.retort.storage.ArtifactException;
import io.retort.teacher.SavedPipeline;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Set;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.Transformer;
import org.apache.spark.ml.util.MLWriter;

/** The teacher of a saved estimator: a pipeline beside its parameters, of Spark ML's own stages. */
final class SavedTeacher {
    private static final String DIRECTORY = "teacher";

    private SavedTeacher() {}

    static MLWriter writer(DistillationParams<?> stage) {
        return StageFiles.writer(stage, Set.of(stage.teacher().name()), (storage, directory) -> {
            if (stage.isSet(stage.teacher())) {
                String path = directory + "/" + DIRECTORY;
                try {
                    pipeline(stage.getOrDefault(stage.teacher())).save(path);
                } catch (IOException e) {
                    throw new UncheckedIOException("the teacher cannot be saved in " + path + ": " + e.getMessage(), e);
                }
            }
        });
    }

    private static PipelineModel pipeline(Transformer teacher) {
        return teacher instanceof PipelineModel pipeline
                ? pipeline
                : new PipelineModel(StageUid.fresh("pipeline").taken(), List.of(teacher));
    }

    /**
     * Sets what was saved.
     *
     * @throws ArtifactException where the teacher has stages that are not Spark ML's own: a file must not choose which
     *     code runs
     */
    static <S extends DistillationParams<?>> S into(StageFiles saved, S stage) {
        saved.into(stage);
        String path = saved.file(DIRECTORY).toString();
        if (saved.storage().exists(saved.file(DIRECTORY))) {
            new SavedPipeline(path).problem(saved.storage()).ifPresent(problem -> {
                throw new ArtifactException(problem + "; set the teacher of the loaded estimator by setTeacher");
            });
            stage.set(stage.teacher(), PipelineModel.load(path));
        }
        return stage;
    }
}
