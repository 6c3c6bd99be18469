package io.retort.distill;

import io.retort.data.shard.Shard;
import io.retort.distill.loss.Objective;
import io.retort.engine.Batch;
import io.retort.engine.TrainableNetwork;
import io.retort.engine.TrainableNetwork.TrainingState;
import io.retort.engine.onednn.OneDnnNetwork;
import io.retort.network.Network;
import io.retort.network.ParameterSpec;
import io.retort.network.Structure;
import io.retort.spark.ParallelTasks;
import java.io.Serializable;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.IntConsumer;
import java.util.function.UnaryOperator;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * One set of parameters for all networks of a search space, each of which is a path through it (single path one-shot:
 * Guo et al. 2020, arXiv:1904.00420). Two paths have a parameter in common where it stands at the same place; of a
 * larger one the smaller path has the leading part in each dimension.
 *
 * <p>A few steps are made on one path, then on another: in turn the largest, the smallest and two that are drawn
 * (the sandwich rule: Yu and Huang 2019, arXiv:1903.05134). Each learns from labels and soft labels as a student does,
 * where the papers let smaller paths learn from the largest one. The optimiser's moments belong to the parameters, so
 * they are shared in the same way. One task trains, on whole batches, so the same seed gives the same bytes.
 */
public final class Supernet implements Serializable {
    private static final long serialVersionUID = 1L;

    /** On one path before the next: building its operations takes about as long as a step or two. */
    private static final int STEPS = 4;

    /** Rows that BatchNorm's statistics of a path are taken from, about. */
    private static final int OBSERVED = 2048;

    private final TrainingTask task;
    private final int steps;
    private final Map<String, Shared> parameters = new HashMap<>();

    /**
     * A network of the space.
     *
     * @param places of its parameters, by full name: what stands at the same place is shared
     */
    public record Path(Structure structure, Map<String, String> places) implements Serializable {
        public Path {
            places = Map.copyOf(places);
        }

        /**
         * The path of a network.
         *
         * @param place of a parameter, by its full name
         */
        public static Path of(Structure structure, UnaryOperator<String> place) {
            Map<String, String> places = new HashMap<>();
            structure
                    .parameterSpecs()
                    .forEach((name, spec) -> places.put(
                            name, place.apply(name) + " " + spec.sizes().size()));
            return new Path(structure, places);
        }

        private Shared in(Supernet supernet, String parameter) {
            return supernet.parameters.get(places.get(parameter));
        }
    }

    /** The values at a place as the largest path needs them: those of the parameter, then the optimiser's moments. */
    @SuppressWarnings("ArrayRecordComponent") // bulk numbers, never compared
    private record Shared(ParameterSpec spec, float[][] values) implements Serializable {
        /** That of a parameter of which this one is a part, with the numbers that a training begins at. */
        private static Shared drawn(ParameterSpec spec, int moments, SplittableRandom random) {
            float[][] values = new float[1 + moments][spec.elements()];
            values[0] = Network.drawn(spec, random).values();
            return new Shared(spec, values);
        }
    }

    private Supernet(TrainingTask task, List<Path> paths) {
        this.task = task;
        int batch = task.training().batchSize();
        this.steps = task.training().epochs()
                * task.dataset().parts().stream()
                        .mapToInt(part -> (part.rows() + batch - 1) / batch)
                        .sum();
        Map<String, ParameterSpec> largest = new LinkedHashMap<>();
        for (Path path : paths) {
            path.structure()
                    .parameterSpecs()
                    .forEach((name, spec) -> largest.merge(path.places().get(name), spec, Supernet::larger));
        }
        int moments = Math.toIntExact(task.training().updater(steps).stateSize(1));
        largest.forEach((place, spec) -> parameters.put(place, Shared.drawn(spec, moments, random(place))));
    }

    private static ParameterSpec larger(ParameterSpec one, ParameterSpec other) {
        Integer[] sizes = new Integer[one.sizes().size()];
        Arrays.setAll(sizes, i -> Math.max(one.sizes().get(i), other.sizes().get(i)));
        return new ParameterSpec(one.name(), Arrays.asList(sizes), one.start(), one.role());
    }

    private SplittableRandom random(String place) {
        return new SplittableRandom(TrainingTask.seed(task.seed(), place.hashCode()));
    }

    /** Before the first step. */
    static Supernet drawn(TrainingTask task, List<Path> paths) {
        return new Supernet(task.with(Compute.by(Engine.ONEDNN)), paths);
    }

    /**
     * Trains, in one task after the other, each of which goes through the rows once.
     *
     * @param task with losses, rows and budget; its structure is that of any path
     * @param paths the smallest, the largest, and further ones
     * @param epochEnded is given the number of epochs behind
     * @throws IllegalArgumentException where oneDNN cannot be had, in whose order parameters lie
     * @throws TrainingDivergedException where the loss is no longer finite
     */
    public static Supernet trained(
            JavaSparkContext spark, TrainingTask task, List<Path> paths, IntConsumer epochEnded) {
        OneDnnNetwork.libraryObstacle().ifPresent(obstacle -> {
            throw new IllegalArgumentException("a supernet is trained by oneDNN, but " + obstacle
                    + "; leave search.filter out or take kind = training-free");
        });
        Supernet supernet = drawn(task, paths);
        List<Path> travelling = List.copyOf(paths);
        for (int epoch = 0; epoch < task.training().epochs(); epoch++) {
            int each = epoch;
            supernet = ParallelTasks.collect(spark, List.of(supernet), own -> own.trainedOn(travelling, each))
                    .get(0);
            epochEnded.accept(epoch + 1);
        }
        return supernet;
    }

    /** Called on a copy that a task has for itself. */
    private Supernet trainedOn(List<Path> paths, int epoch) {
        int step = steps / task.training().epochs() * epoch;
        SplittableRandom random = new SplittableRandom(TrainingTask.seed(task.seed(), epoch));
        Visit visit = null;
        try {
            for (Shard shard : task.shards(epoch)) {
                for (Iterator<Batch> batches = task.batches(epoch, shard); batches.hasNext(); step++) {
                    if (visit == null || step % STEPS == 0) {
                        end(visit);
                        visit = new Visit(path(paths, step / STEPS, random), step);
                    }
                    double loss = visit.network.step(batches.next());
                    if (!Double.isFinite(loss)) {
                        throw TrainingDivergedException.byLoss(task, steps, step, epoch, loss);
                    }
                    TrainingGang.requireAlive(TaskContext.get());
                }
            }
        } finally {
            end(visit);
        }
        return this;
    }

    private static Path path(List<Path> paths, int visit, SplittableRandom random) {
        return paths.get(visit % 4 < 2 ? Math.min(visit % 4, paths.size() - 1) : random.nextInt(paths.size()));
    }

    private static void end(Visit visit) {
        if (visit != null) {
            visit.close();
        }
    }

    /** Some steps on one path. */
    private final class Visit implements AutoCloseable {
        private final Path path;
        private final TrainableNetwork network;

        private Visit(Path path, int step) {
            this.path = path;
            this.network = begin(path);
            network.restore(new TrainingState(part(path, 0), moments(path), step));
        }

        /** The parameters go back to those that others share. */
        @Override
        public void close() {
            TrainingState state = network.state();
            network.close();
            give(path, 0, state.parameters(), 0);
            int length = state.parameters().length;
            for (int from = 0, kind = 1; from < state.updaterState().length; from += length, kind++) {
                give(path, kind, state.updaterState(), from);
            }
        }
    }

    private TrainableNetwork begin(Path path) {
        return task.compute()
                .begin(
                        Network.initialised(path.structure(), 0),
                        task.training().updater(steps),
                        task.training().weightDecay(),
                        new Objective(task.losses(), task.signals(), steps),
                        List.of());
    }

    private float[] moments(Path path) {
        int kinds = parameters.values().iterator().next().values().length;
        float[] all = {};
        for (int kind = 1; kind < kinds; kind++) {
            float[] some = part(path, kind);
            int length = all.length;
            all = Arrays.copyOf(all, length + some.length);
            System.arraycopy(some, 0, all, length, some.length);
        }
        return all;
    }

    /** What a path has of the shared values of one kind, one parameter after the other; where it is larger, new ones. */
    private float[] part(Path path, int kind) {
        float[] all = new float
                [path.structure().parameterSpecs().values().stream()
                        .mapToInt(ParameterSpec::elements)
                        .sum()];
        int at = 0;
        for (Map.Entry<String, ParameterSpec> parameter :
                path.structure().parameterSpecs().entrySet()) {
            ParameterSpec spec = parameter.getValue();
            Shared shared = path.in(this, parameter.getKey());
            if (kind == 0 && (shared == null || !larger(shared.spec(), spec).equals(shared.spec()))) {
                float[] drawn = Network.drawn(spec, random(path.places().get(parameter.getKey())))
                        .values();
                System.arraycopy(drawn, 0, all, at, drawn.length);
            }
            if (shared != null) {
                copy(new Part(shared.values()[kind], 0, shared.spec()), new Part(all, at, spec), 0);
            }
            at += spec.elements();
        }
        return all;
    }

    /** Takes back what a path had. */
    private void give(Path path, int kind, float[] from, int first) {
        int at = first;
        for (Map.Entry<String, ParameterSpec> parameter :
                path.structure().parameterSpecs().entrySet()) {
            Shared shared = path.in(this, parameter.getKey());
            copy(new Part(from, at, parameter.getValue()), new Part(shared.values()[kind], 0, shared.spec()), 0);
            at += parameter.getValue().elements();
        }
    }

    /** A tensor within an array, row-major from an element on. */
    @SuppressWarnings("ArrayRecordComponent") // arguments of a recursion, never compared
    private record Part(float[] values, int first, ParameterSpec spec) {
        private Part row(int index, int dimension) {
            int each = spec.sizes().subList(dimension + 1, spec.sizes().size()).stream()
                    .reduce(1, Math::multiplyExact);
            return new Part(values, first + index * each, spec);
        }
    }

    /** Copies what two tensors have in common, from a dimension on: the leading part of each. */
    private static void copy(Part from, Part to, int dimension) {
        int common =
                Math.min(from.spec().sizes().get(dimension), to.spec().sizes().get(dimension));
        if (dimension == from.spec().sizes().size() - 1) {
            System.arraycopy(from.values(), from.first(), to.values(), to.first(), common);
            return;
        }
        for (int i = 0; i < common; i++) {
            copy(from.row(i, dimension), to.row(i, dimension), dimension + 1);
        }
    }

    /** A path's network with the shared parameters, and BatchNorm's statistics of its own over some training rows. */
    public Network inherited(JavaSparkContext spark, Path path) {
        return ParallelTasks.collect(spark, List.of(path), this::inherited).get(0);
    }

    private Network inherited(Path path) {
        try (TrainableNetwork network = begin(path)) {
            network.restore(new TrainingState(part(path, 0), moments(path), 0));
            network.beginStatistics();
            int left = OBSERVED;
            for (Iterator<Shard> shards = task.shards(0).iterator(); left > 0 && shards.hasNext(); ) {
                for (Iterator<Batch> batches = task.batches(0, shards.next()); left > 0 && batches.hasNext(); ) {
                    Batch batch = batches.next();
                    network.observe(batch.features(), batch.size());
                    left -= batch.size();
                }
            }
            Network observed = BatchNormStatistics.with(network.network(), network.statistics());
            return task.outputScaling().inUnits(observed);
        }
    }
}
