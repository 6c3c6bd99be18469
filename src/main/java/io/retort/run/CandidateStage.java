package io.retort.run;

import io.retort.data.Rows;
import io.retort.data.Schema;
import io.retort.data.ShownRows;
import io.retort.data.View;
import io.retort.distill.MicroBatches;
import io.retort.distill.SynchronousTrainer;
import io.retort.engine.onnx.run.Latency;
import io.retort.evaluate.Evaluation;
import io.retort.evaluate.Task;
import io.retort.label.SoftLabels;
import io.retort.network.InputScaling;
import io.retort.network.Mask;
import io.retort.network.Network;
import io.retort.network.Structure;
import io.retort.recipe.Recipe;
import io.retort.recipe.SearchSettings;
import io.retort.recipe.StudentSettings;
import io.retort.report.Figures;
import io.retort.report.ScoreUnit;
import io.retort.run.DataStage.RunData;
import io.retort.run.record.RunContext;
import io.retort.run.record.RunDirectory;
import io.retort.spark.SessionSetup;
import io.retort.spark.SlotTime;
import io.retort.spark.TaskSlots;
import io.retort.teacher.PlannedTeacher.PlannedNetwork;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.Pointer;

/**
 * Trains and measures the candidates of a search, once the teacher has labelled the rows: as many at once as there are
 * task slots, each in one of them. Where fewer are left, one has several slots, which gives the same network sooner.
 */
public final class CandidateStage {
    private final RunScope scope;
    private final RunData data;
    private final InputScaling scaling;
    private final TrainingStage training;
    private final SoftLabels softLabels;
    private final Assessment assessment;

    /** @param data with validation rows, on which candidates are chosen */
    CandidateStage(RunScope scope, RunData data, InputScaling scaling, TrainingStage training, SoftLabels softLabels) {
        this.scope = scope;
        this.data = data;
        this.scaling = scaling;
        this.training = training;
        this.softLabels = softLabels;
        this.assessment = new Assessment(scope, data, softLabels);
    }

    public RunContext context() {
        return scope.context();
    }

    public Recipe recipe() {
        return scope.recipe();
    }

    public RunDirectory directory() {
        return scope.directory();
    }

    /** Those that candidates are trained in. */
    public TaskSlots slots() {
        return scope.slots();
    }

    /** The time that tasks have slots from now on. */
    public SlotTime slotTime() {
        return new SlotTime(scope.spark());
    }

    /** Does searches at the same time, whose trainings share the slots; the results are in their order. */
    public <T> List<T> sideBySide(List<Supplier<T>> searches) {
        return scope.sideBySide().all(searches);
    }

    /** The name of the quality by which candidates are chosen. */
    public String qualityName() {
        return isChosenByLoss() ? ScoreUnit.NEGATIVE_DIVERGENCE : scoreName();
    }

    /** The name of the score that decides in this task. */
    public String scoreName() {
        return task().score();
    }

    private boolean isChosenByLoss() {
        return recipe().search().orElseThrow().quality() == SearchSettings.Quality.SOFT_LABEL_LOSS;
    }

    private Task task() {
        return Task.of(schema().target());
    }

    private Schema schema() {
        return data.train().schema();
    }

    /**
     * A candidate's network before it is trained.
     *
     * @throws IllegalArgumentException where its architecture does not take these rows
     */
    public Structure structure(StudentSettings candidate) {
        return PlannedNetwork.structure(candidate.architecture().orElseThrow(), schema(), scaling);
    }

    /** What networks take of the first training rows, unscaled, one row after the other. */
    public float[] firstInputs(int most) {
        Rows shard = scope.shards().rows(schema(), data.train().shards().get(0));
        int count = Math.min(most, shard.count());
        Rows first = shard.rows(IntStream.range(0, count).toArray());
        float[] input = new ShownRows(schema(), first, View.plain()).input();
        return Arrays.copyOf(input, count * schema().shape().elements());
    }

    /** The file that a network is exported as. */
    public byte[] onnx(Network network) {
        return assessment.onnx(network);
    }

    /** The median milliseconds of one sample of each ONNX file, measured while nothing is trained on this machine. */
    public double[] millis(List<byte[]> models) {
        return scope.slots().quietly(() -> Latency.p50Millis(models, context().latency()));
    }

    /**
     * A candidate after its training, from the store where it was trained before.
     *
     * @param stints epochs of the trainings that follow each other: each begins at the network of the one before, with a
     *     learning rate that starts anew (Loshchilov and Hutter 2016, arXiv:1608.03983)
     * @throws IllegalArgumentException where its training does not fit in a slot's share of this process's memory
     */
    public Network trained(String title, StudentSettings candidate, List<Integer> stints) {
        if (SessionSetup.isLocal(scope.spark().getConf())) {
            requireMemory(candidate); // an allocation that fails in a task would end the whole process
        }
        Optional<Network> reached = Optional.empty();
        for (int stint = 0; stint < stints.size(); stint++) {
            TrainingStage.Assignment assignment = new TrainingStage.Assignment(
                    stint == 0 ? title : title + " stint " + (stint + 1),
                    structure(candidate),
                    candidate.training().with(stints.get(stint)),
                    candidate.losses(),
                    Optional.of(softLabels),
                    scope.recipe().data().viewSeed(),
                    scope.recipe().seeds().get(0),
                    reached,
                    Mask.none());
            reached = Optional.of(training.train(assignment, data.train()).network());
        }
        return reached.orElseThrow();
    }

    private void requireMemory(StudentSettings candidate) {
        Structure structure = structure(candidate);
        int batch =
                (int) Math.min(candidate.training().batchSize(), data.train().samples());
        int parts = recipe().trainer() instanceof SynchronousTrainer.Settings synchronous
                ? MicroBatches.of(
                        data.train().samples(), batch, structure, candidate.losses(), synchronous.microBatch())
                : 1;
        long most = Pointer.maxBytes() / slots().count();
        recipe().trainer()
                .compute()
                .trainingBytes(structure, (batch + parts - 1) / parts, batch)
                .ifPresent(bytes -> {
                    if (bytes > most) {
                        throw new IllegalArgumentException(
                                "its training takes " + (bytes >> 20) + " MiB beside the heap, but a task slot has "
                                        + (most >> 20) + " MiB; lower training.batch-size or limits.macs, or give the"
                                        + " process more (-Dorg.bytedeco.javacpp.maxbytes)");
                    }
                });
    }

    /** The quality on the validation rows, greater is better. */
    public double quality(Network network) {
        Evaluation figures = assessment.onValidation(network);
        return isChosenByLoss() ? -task().divergence(figures) : figures.score(task());
    }

    /** The figures on the held-out rows, and the measured latency. */
    public Figures tested(String title, Network network) {
        return assessment.of(title, network, Map.of("producer", "retort")).figures();
    }

    /** Whether nothing can go on, whatever a single training does. */
    public boolean isOver() {
        return scope.spark().sc().isStopped();
    }
}
