package io.retort.scaling;

import io.retort.data.LabelColumns;
import io.retort.data.Schema;
import io.retort.data.Target;
import io.retort.data.View;
import io.retort.data.shard.Sharding;
import io.retort.data.source.ReaderSettings;
import io.retort.data.source.Source;
import io.retort.engine.Tap;
import io.retort.label.Codec;
import io.retort.label.TapCodec;
import io.retort.network.InputScaling;
import io.retort.network.Structure;
import io.retort.plan.NamedData;
import io.retort.plan.Plan;
import io.retort.recipe.DataSettings;
import io.retort.recipe.Recipe;
import io.retort.recipe.StudentSettings;
import io.retort.scaling.PlannedTrainings.LearnedRows;
import io.retort.scaling.Workload.LabelBytes;
import io.retort.scaling.Workload.LabelPass;
import io.retort.scaling.Workload.NetworkSize;
import io.retort.scaling.Workload.Part;
import io.retort.scaling.Workload.TapPass;
import io.retort.storage.Storage;
import io.retort.teacher.PlannedTeacher;
import io.retort.teacher.PlannedTeacher.PlannedNetwork;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A recipe in numbers, with the networks that it makes of its data.
 *
 * @param structures of teacher and students, by name; none of a model from elsewhere
 */
public record PlannedWorkload(
        Workload workload, Schema schema, PlannedTeacher teacher, Map<String, Structure> structures) {
    /**
     * Looks at headers and footers of the recipe's data, at saved networks and, where students do not see some classes,
     * at the training rows' labels, and reads nothing else.
     */
    public static PlannedWorkload of(Recipe recipe, Storage storage) {
        int samplesPerShard = recipe.data().samplesPerShard();
        DataSettings data = NamedData.of(storage, recipe).settings();
        SourceSize train = SourceSize.of(storage, data.train(), samplesPerShard);
        SourceSize test = SourceSize.of(storage, data.test(), samplesPerShard);
        Schema schema = train.schema().with(recipe.data().target(train.schema().target()));
        Plan plan = Plan.of(recipe, schema, InputScaling.none(schema.shape().channels()), storage);
        Map<String, Structure> structures = new LinkedHashMap<>();
        plan.teacher().networks().forEach(network -> structures.put(network.title(), network.structure()));
        plan.students().forEach((name, structure) -> structures.put(Workload.nameOf(name), structure));
        Map<String, NetworkSize> sizes = new LinkedHashMap<>();
        structures.forEach((name, structure) -> sizes.put(name, NetworkSize.of(structure)));
        plan.teacher()
                .models()
                .forEach(model -> sizes.put(
                        model.title(),
                        NetworkSize.of(model.facts(), schema.shape().elements())));

        int classes = schema.classes();
        Codec codec = recipe.labels().codec().codecFor(schema.target());
        int stored = plan.teacher().models().stream()
                .mapToInt(model -> schema.target().kind() == LabelColumns.Kind.EMBEDDING
                        ? model.embedding().orElse(classes)
                        : classes)
                .max()
                .orElse(classes);
        int payload = codec.encode(new float[stored], stored).length;
        Workload workload = new Workload(
                part(train),
                part(test),
                passes(recipe, schema, plan.teacher()),
                tapPasses(recipe, schema, plan),
                new LabelBytes(
                        codec.name(),
                        Long.BYTES + payload,
                        classes,
                        recipe.labels().batchSize()),
                sizes,
                PlannedTrainings.of(
                        recipe, plan, learned(data, schema.target(), storage, train.samples()), schema.target(), sizes),
                recipe.trainer());
        return new PlannedWorkload(workload, schema, plan.teacher(), structures);
    }

    private static LearnedRows learned(DataSettings data, Target target, Storage storage, long samples) {
        List<Integer> unseen = data.unseenOf(target);
        return LearnedRows.of(
                data,
                samples,
                unseen.isEmpty() ? 0 : data.train().source(storage).ofClasses(unseen));
    }

    private static List<LabelPass> passes(Recipe recipe, Schema schema, PlannedTeacher teacher) {
        List<LabelPass> passes = new ArrayList<>();
        for (PlannedNetwork network : teacher.networks()) {
            network.training()
                    .filter(training -> !training.taughtBy().isEmpty())
                    .ifPresent(training -> passes.add(new LabelPass(
                            training.taughtBy(),
                            training.settings()
                                    .views()
                                    .views(recipe.data().viewSeed(), schema.shape())
                                    .size())));
        }
        passes.add(new LabelPass(
                teacher.labellers(), Plan.taughtViews(recipe, schema.shape()).size()));
        return passes;
    }

    /** Students that need the same taps in the same views share one pass. */
    private static List<TapPass> tapPasses(Recipe recipe, Schema schema, Plan plan) {
        Map<Object, TapPass> passes = new LinkedHashMap<>();
        for (StudentSettings student : recipe.students()) {
            List<Tap> taps = plan.taps().get(student.name());
            if (!taps.isEmpty()) {
                List<String> views = student
                        .training()
                        .views()
                        .views(recipe.data().viewSeed(), schema.shape())
                        .stream()
                        .map(View::fingerprint)
                        .toList();
                TapPass pass = new TapPass(
                        List.of(student.name()),
                        taps.stream()
                                .map(tap -> tap.node() + " as " + tap.shape())
                                .collect(Collectors.joining(", ")),
                        (int) (taps.size() * (long) Long.BYTES + bytes(taps)),
                        views.size());
                passes.merge(List.of(Set.copyOf(taps), Set.copyOf(views)), pass, TapPass::with);
            }
        }
        return List.copyOf(passes.values());
    }

    static long bytes(List<Tap> taps) {
        return taps.stream().mapToLong(tap -> new TapCodec(tap).bytes()).sum();
    }

    private static Part part(SourceSize size) {
        return new Part(
                size.samples(),
                size.shards(),
                Long.BYTES + Integer.BYTES + size.schema().featureBytes(),
                size.readers());
    }

    /**
     * How much a source holds, as far as headers, footers and (for CSV) a count of rows tell.
     *
     * @param shards that {@link Sharding} would make of it
     * @param readers that can read it at once: its splits, or one where only the first so many samples are taken
     */
    private record SourceSize(Schema schema, long samples, long shards, int readers) {
        /** Looks at every file of a source. */
        static SourceSize of(Storage storage, ReaderSettings settings, int samplesPerShard) {
            Source source = settings.source(storage);
            Schema schema = source.schema();
            List<Long> counts = source.counts();
            long left = settings.limit().orElse(Long.MAX_VALUE);
            long samples = 0;
            long shards = 0;
            for (long count : counts) {
                long taken = Math.min(left, count);
                samples += taken;
                shards += (taken + samplesPerShard - 1) / samplesPerShard; // no shard spans two parts
                left -= taken;
            }
            return new SourceSize(schema, samples, shards, settings.limit().isPresent() ? 1 : counts.size());
        }
    }
}
