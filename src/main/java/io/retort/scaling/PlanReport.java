package io.retort.scaling;

import io.retort.distill.AveragingTrainer;
import io.retort.report.Amounts;
import io.retort.scaling.Estimate.Cluster;
import io.retort.scaling.Workload.Part;
import io.retort.scaling.Workload.Training;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The plan of a run before it begins, which {@code retort plan --json} prints as JSON.
 *
 * @param executor one executor's memory
 * @param driver the driver's, for the greatest number of executors shown
 * @param sameOnAnyNumber whether a training's network does not depend on the number of executors
 * @param trainings one for each network, batch and number of micro-batches that trainings have
 * @param lastPaying executors after which a doubling saves less than a fifth of the time
 */
public record PlanReport(
        String recipe,
        DataSection train,
        DataSection test,
        LabelSection labels,
        List<TapSection> taps,
        Slots slots,
        Memory executor,
        Memory driver,
        long resultMib,
        boolean sameOnAnyNumber,
        List<TrainingSection> trainings,
        Basis basis,
        List<PredictionSection> predictions,
        int lastPaying,
        List<String> advice) {
    /** A doubling of the executors must save this part of the time to be called paying. */
    private static final double PAYING = 0.2;
    /** Beyond this the model has nothing to stand on. */
    private static final int MAX_EXECUTORS = 4096;
    /** A cluster that saves less than this is not worth its trouble. */
    private static final double MIN_SAVED_SECONDS = 60;

    private static final double MIN_SAVED_PART = 0.3;

    static final String UNCERTAINTY = "estimates: on this machine by a factor of 1.5 either way, on a cluster of 2;"
            + " its network and its start are assumed";

    /** Samples and their shards before compression. */
    public record DataSection(long samples, long shards, long bytes) {
        static DataSection of(Part part) {
            return new DataSection(part.samples(), part.shards(), part.bytes());
        }
    }

    /**
     * Soft labels before compression: of the training samples in each view, and of the held-out ones.
     *
     * @param views that students learn in; files, samples and bytes are those of all labelling, that by earlier
     *     generations of the teacher included
     */
    public record LabelSection(String codec, int views, int bytesEach, long files, long samples, long bytes) {}

    /** The values of a teacher's taps for the training samples in each view, before compression. */
    public record TapSection(List<String> students, String taps, int views, int bytesEach, long bytes) {
        public TapSection {
            students = List.copyOf(students);
        }
    }

    /**
     * The basis of the predictions.
     *
     * @param rates of this machine, as they were probed
     * @param earlier run whose times take their place where it has them
     * @param networkGbit assumed, gigabits a second
     * @param uncertainty in words
     */
    public record Basis(Rates rates, EarlierTimes earlier, double networkGbit, String uncertainty) {}

    /** Tasks at once. */
    public record Slots(int perExecutor, int perMachine) {}

    /**
     * How trainings of a network are spread.
     *
     * @param titles of all that are alike
     * @param rows of an epoch
     * @param batch rows of an optimiser step, with the greatest number of executors shown
     * @param microBatches that it is cut into; replicas that are averaged have one each
     * @param microBatchRows of each, at most
     * @param stateBytes that a job sends out, and that each state sent back has
     * @param stepBytes that a slot needs outside of the heap for a step; an estimate where the engine is DL4J
     * @param ranks slots that one such training keeps busy while it is alone, by number of executors
     */
    public record TrainingSection(
            String network,
            List<String> titles,
            long rows,
            int batch,
            int microBatches,
            int microBatchRows,
            long stateBytes,
            long stepBytes,
            Map<Integer, Integer> ranks) {
        public TrainingSection {
            titles = List.copyOf(titles);
            ranks = new TreeMap<>(ranks);
        }
    }

    /**
     * Seconds, by stage and by cause.
     *
     * @param executors 0 for local mode on this machine
     */
    public record PredictionSection(
            int executors,
            int slots,
            double seconds,
            Map<String, Double> stages,
            Map<String, Double> terms,
            String dominant) {
        static PredictionSection of(Estimate estimate) {
            Map<String, Double> stages = new LinkedHashMap<>();
            estimate.stages().forEach((stage, spent) -> stages.put(stage, spent.total()));
            Map<String, Double> terms = estimate.spent().terms();
            return new PredictionSection(
                    estimate.cluster().executors(),
                    estimate.cluster().slots(),
                    estimate.seconds(),
                    stages,
                    terms,
                    Collections.max(terms.entrySet(), Map.Entry.comparingByValue())
                            .getKey());
        }

        boolean isLocal() {
            return executors == 0;
        }
    }

    public PlanReport {
        taps = List.copyOf(taps);
        trainings = List.copyOf(trainings);
        predictions = List.copyOf(predictions);
        advice = List.copyOf(advice);
    }

    /**
     * The user's description of the cluster.
     *
     * @param executors the most to be shown
     * @param slotsPerExecutor tasks that one runs at once
     * @param coresPerTask of each task
     * @param networkGbit of each machine, gigabits a second
     * @param jarBytes that the driver sends to each executor at the start
     */
    public record Offer(int executors, int slotsPerExecutor, int coresPerTask, double networkGbit, long jarBytes) {
        /** Seconds from submission to the first stage, beyond those of a local run: executors start and register. */
        private static final double STARTING_EXECUTORS = 8;

        Cluster cluster(int count, Rates rates) {
            double bytesPerSecond = networkGbit * 1e9 / 8;
            int slots = count * slotsPerExecutor;
            return new Cluster(
                    count,
                    slots,
                    Math.max(1, Math.min(slots, rates.cores() / coresPerTask)),
                    bytesPerSecond,
                    rates.fixed().start()
                            + STARTING_EXECUTORS
                            + count * jarBytes / bytesPerSecond
                            + compiling(slotsPerExecutor, rates));
        }

        Cluster local(int slots, Rates rates) {
            return Cluster.local(slots, rates.fixed().start() + compiling(slots, rates));
        }

        /** On the cores of a JVM of so many slots. */
        private double compiling(int slots, Rates rates) {
            return rates.fixed().compiling() / (slots * coresPerTask);
        }
    }

    /**
     * Plans a recipe.
     *
     * @param earlier takes the place of rates where it knows a stage
     */
    public static PlanReport of(String recipe, Workload workload, Rates rates, EarlierTimes earlier, Offer offer) {
        Function<Cluster, Estimate> model = cluster -> new TimeModel(workload, rates, earlier, cluster).estimate();
        IntFunction<Estimate> on = executors -> model.apply(offer.cluster(executors, rates));
        int localSlots = Math.max(1, rates.cores() / offer.coresPerTask());
        List<Estimate> estimates = new ArrayList<>();
        IntStream.of(1, localSlots)
                .distinct()
                .mapToObj(slots -> model.apply(offer.local(slots, rates)))
                .forEach(estimates::add);
        Estimate local = estimates.get(estimates.size() - 1);
        List<Estimate> clusters =
                counts(offer.executors()).stream().map(on::apply).toList();
        estimates.addAll(clusters);
        int lastPaying = 1;
        for (int count = 1; count < MAX_EXECUTORS; count *= 2) {
            boolean pays = on.apply(2 * count).seconds()
                    <= (1 - PAYING) * on.apply(count).seconds();
            lastPaying = pays ? 2 * count : lastPaying;
        }
        Estimate best = Collections.min(clusters, Comparator.comparingDouble(Estimate::seconds));
        int slots = offer.executors() * offer.slotsPerExecutor();
        return new PlanReport(
                recipe,
                DataSection.of(workload.train()),
                DataSection.of(workload.test()),
                new LabelSection(
                        workload.labels().codec(),
                        workload.lastPass().views(),
                        workload.labels().each(),
                        workload.labelFiles(),
                        workload.labelledSamples(),
                        workload.softLabelBytes()),
                workload.tapPasses().stream()
                        .map(pass -> new TapSection(
                                pass.students(), pass.taps(), pass.views(), pass.each(), workload.tapBytes(pass)))
                        .toList(),
                new Slots(offer.slotsPerExecutor(), localSlots),
                Memory.ofExecutor(workload, offer.slotsPerExecutor(), slots),
                Memory.ofDriver(workload, slots),
                Memory.resultMib(workload, slots),
                workload.isSynchronous(),
                trainings(workload, offer),
                new Basis(rates, earlier, offer.networkGbit(), UNCERTAINTY),
                estimates.stream().map(PredictionSection::of).toList(),
                lastPaying,
                Stream.concat(
                                advice(workload, local, best, lastPaying, slots).stream(),
                                unused(workload, slots).stream())
                        .toList());
    }

    /** 1, 2, 4 ... and the greatest itself. */
    private static List<Integer> counts(int most) {
        List<Integer> counts = new ArrayList<>();
        for (int count = 1; count < most; count *= 2) {
            counts.add(count);
        }
        counts.add(most);
        return counts;
    }

    private static List<TrainingSection> trainings(Workload workload, Offer offer) {
        int slots = offer.executors() * offer.slotsPerExecutor();
        Map<List<Object>, List<Training>> alike = workload.trainings().stream()
                .collect(Collectors.groupingBy(
                        training -> List.of(
                                training.network(), training.rows(), training.batchSize(), workload.lanes(training)),
                        LinkedHashMap::new,
                        Collectors.toList()));
        return alike.values().stream()
                .map(all -> {
                    Training training = all.get(0);
                    Map<Integer, Integer> ranks = new TreeMap<>();
                    for (int count : counts(offer.executors())) {
                        int there = count * offer.slotsPerExecutor();
                        ranks.put(count, TimeModel.ranks(workload, training, there, there));
                    }
                    return new TrainingSection(
                            training.network(),
                            all.stream().map(Training::title).distinct().toList(),
                            training.rows(),
                            workload.batch(training, slots),
                            workload.parts(training, slots),
                            workload.rowsAtOnce(training, slots),
                            workload.stateBytes(training),
                            Memory.trainingOffHeap(workload, training, slots),
                            ranks);
                })
                .toList();
    }

    /** Of the teacher's trainings and of the students', where they keep fewer slots busy than there are. */
    private static List<String> unused(Workload workload, int slots) {
        List<String> sentences = new ArrayList<>();
        for (boolean ofTeacher : List.of(true, false)) {
            List<Training> trainings = workload.trainings().stream()
                    .filter(training -> training.isOfTeacher() == ofTeacher)
                    .toList();
            int used = trainings.stream()
                    .mapToInt(training -> TimeModel.ranks(workload, training, slots, slots))
                    .sum();
            if (workload.isSynchronous()
                    && workload.trainer().replicas().isEmpty()
                    && !trainings.isEmpty()
                    && used < slots) {
                Training largest = Collections.max(trainings, Comparator.comparingInt(workload::lanes));
                String who = trainings.size() == 1
                        ? trainings.get(0).title()
                        : "the " + trainings.size() + " trainings of " + (ofTeacher ? "the teacher" : "students")
                                + " together";
                sentences.add(
                        Amounts.count(used) + " of " + PlanText.many(slots, "slot") + " are used for " + who
                                + ": a batch of " + largest.batchSize() + " rows has "
                                + (trainings.size() == 1 ? "" : "at most ")
                                + PlanText.microBatches(workload.lanes(largest)) + " of "
                                + workload.rowsAtOnce(largest, slots)
                                + "; more would need a larger batch-size or a smaller trainer.micro-batch, see docs/SCALING.md.");
            }
        }
        return sentences;
    }

    private static List<String> advice(Workload workload, Estimate local, Estimate best, int lastPaying, int slots) {
        List<String> advice = new ArrayList<>();
        double saved = local.seconds() - best.seconds();
        if (saved < MIN_SAVED_SECONDS || saved < MIN_SAVED_PART * local.seconds()) {
            advice.add("Use local mode: this machine takes " + Amounts.duration(local.seconds()) + " with "
                    + PlanText.many(local.cluster().slots(), "slot") + ", and "
                    + PlanText.many(best.cluster().executors(), "executor")
                    + " would take " + Amounts.duration(best.seconds()) + ", their start included.");
        }
        advice.add(
                lastPaying == MAX_EXECUTORS
                        ? "More executors pay up to " + MAX_EXECUTORS + " at least."
                        : "Beyond " + PlanText.many(lastPaying, "executor")
                                + " more do not pay: twice as many save less than a fifth of the time.");
        int replicas = workload.replicas(slots);
        if (!workload.isSynchronous() && replicas > AveragingTrainer.HARMLESS_REPLICAS) {
            advice.add(Amounts.count(replicas) + " replicas that train on their own and are averaged cost accuracy, see"
                    + " docs/SCALING.md; trainer = synchronous costs none.");
        }
        workload.lastPass().networks().stream()
                .filter(name -> !workload.networks().get(name).isOurs())
                .forEach(name ->
                        advice.add("Of " + name + ", which was made elsewhere, only the file is known: the memory above"
                                + " has twice its bytes, and nothing for what it computes on the way, in batches of "
                                + Amounts.count(workload.labels().batchSize()) + " rows (labels.batch-size)."));
        long results = Memory.resultMib(workload, slots);
        if (results > 1024) {
            advice.add((workload.isSynchronous()
                            ? "A training's state reaches"
                            : "States of " + Amounts.count(replicas) + " replicas reach")
                    + " the driver as " + Amounts.count(results)
                    + " MiB in each job, which it holds at once: it needs spark.driver.maxResultSize="
                    + results * 5 / 4 + "m and the heap above"
                    + (workload.isSynchronous() ? "." : ", or set trainer.replicas to fewer."));
        }
        return advice;
    }
}
