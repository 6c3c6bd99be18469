package io.retort.teacher;

import io.retort.config.FilePaths.FilePath;
import io.retort.config.Secrets;
import io.retort.data.encode.PooledOutput;
import io.retort.data.encode.PooledOutput.Pooling;
import io.retort.data.encode.PooledOutput.Scale;
import io.retort.data.tokenize.TokenizerSettings;
import io.retort.engine.onnx.run.ForeignModel;
import io.retort.engine.onnx.run.ForeignModel.GraphFacts;
import io.retort.engine.onnx.run.OnnxPredictor;
import io.retort.engine.onnx.run.OnnxSession.Optimisation;
import io.retort.label.EncodedFile;
import io.retort.label.EncodedFile.Together;
import io.retort.label.TeacherModel.FeatureModel;
import io.retort.label.TextLengths;
import io.retort.predict.Model.ModelFacts;
import io.retort.predict.ModelFiles;
import io.retort.predict.OutputKind;
import io.retort.predict.Predictor.TensorSpec;
import io.retort.predict.ProbeReport;
import io.retort.storage.ArtifactException;
import io.retort.teacher.OnnxTeacherSettings.BatchDependence;
import io.retort.teacher.PlannedTeacher.PlannedModel;
import io.retort.teacher.RecipeMismatchException.Misfit;
import io.retort.teacher.SavedModel.SavedOnnx;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Kind {@code onnx}: a model in an ONNX file that gives embeddings, whoever made it.
 *
 * @param path of the file; its data file, where it has one, lies beside it
 * @param inputs one for each of the model's inputs that the tokenizer does not make
 * @param tokenizer where the model takes ids of tokens
 * @param output that is read; may be absent where the model has one
 * @param pooling what is made of an output with a vector for each token; may be absent where it has one for a row
 * @param scale of the embeddings
 * @param batchDependent what is done with a model whose answer for a row depends on the rows beside it
 */
public record OnnxFeatureSettings(
        @FilePath String path,
        List<OnnxTeacherSettings.Input> inputs,
        Optional<TokenizerSettings> tokenizer,
        Optional<String> output,
        Optional<Pooling> pooling,
        Scale scale,
        BatchDependence batchDependent)
        implements FeatureSettings {
    public OnnxFeatureSettings {
        inputs = List.copyOf(inputs);
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
    public Planned plan(TeacherPlanning planning) {
        String at = planning.path() + ".features";
        try {
            ModelFiles files = new SavedOnnx(path).files(planning.storage());
            ForeignModel model = ForeignModel.at(files.onThisMachine());
            try (OnnxPredictor predictor =
                    OnnxPredictor.open(model, output.stream().toList(), 1, Optimisation.ALL)) {
                EncodedFile file = new ForeignInputs(planning, at, inputs, tokenizer).of(files, predictor.inputs());
                PooledOutput pooled = pooled(at, predictor.outputs());
                PlannedModel planned = new PlannedModel(
                        planning.title() + " features",
                        file.reading(pooled),
                        Map.of(),
                        ModelFacts.ofBytes(files.bytes()),
                        Optional.of(OutputKind.NUMBERS),
                        ForeignInputs.description(planning.schema(), file, model.facts(), predictor),
                        file.texts().stream().findFirst().map(TextLengths::new),
                        OptionalInt.of(pooled.width()));
                return new Fitting(this, at, planned, file, pooled, model.facts());
            }
        } catch (ArtifactException e) {
            throw new RecipeMismatchException(new Misfit(at + ".path", e.getMessage()));
        }
    }

    private PooledOutput pooled(String at, List<TensorSpec> outputs) {
        if (outputs.size() > 1) {
            throw new RecipeMismatchException(new Misfit(
                    at + ".output",
                    "missing; name the output that is the embedding, one of " + ForeignInputs.described(outputs)));
        }
        TensorSpec output = outputs.get(0);
        List<Integer> sizes = output.rowSizes();
        boolean ofTokens = sizes.size() == 2;
        if ((!ofTokens && sizes.size() != 1) || sizes.get(sizes.size() - 1) == TensorSpec.OPEN) {
            throw new RecipeMismatchException(new Misfit(
                    at + ".output",
                    "'" + output.name() + "' is " + output.describe()
                            + "; it must be [batch, width] or [batch, tokens, width], with a width that is fixed"));
        }
        if (ofTokens == pooling.filter(way -> way != Pooling.NONE).isEmpty()) {
            throw new RecipeMismatchException(new Misfit(
                    at + ".pooling",
                    ofTokens
                            ? "must be mean or first, for '" + output.name() + "' is " + output.describe()
                                    + ", a vector for each token; take what the model was trained with"
                            : "must be none, for '" + output.name() + "' is " + output.describe()
                                    + ", one vector for a row"));
        }
        return new PooledOutput(output.name(), pooling.orElse(Pooling.NONE), scale, sizes.get(sizes.size() - 1));
    }

    /** A model that fits. */
    private record Fitting(
            OnnxFeatureSettings settings,
            String path,
            PlannedModel model,
            EncodedFile file,
            PooledOutput pooled,
            GraphFacts graph)
            implements Planned {
        @Override
        public FeatureModel features(ProbeReport found) {
            found.refusal().ifPresent(this::refuse);
            boolean dependent = found.neighbours().orElseThrow().dependent()
                    || !graph.batchDependent().isEmpty();
            if (dependent && settings.batchDependent() == BatchDependence.REFUSE) {
                refuse(ForeignInputs.dependence(found, path));
            }
            Together rows = dependent ? Together.NONE : Together.BATCH;
            return new FeatureModel(file.with(rows).reading(pooled), pooled.width());
        }

        private void refuse(String message) {
            throw new ArtifactException(
                    model.title() + ", ONNX model " + Secrets.redacted(settings.path()) + ": " + message);
        }
    }
}
