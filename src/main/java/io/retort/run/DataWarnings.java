package io.retort.run;

import io.retort.data.encode.TokenInput.TextCounts;
import io.retort.data.shard.Dataset;
import io.retort.data.shard.OverlapSearch.Overlap;
import io.retort.data.shard.Shard;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What may be wrong with training and held-out samples. {@code docs/REPORT.md} lists the thresholds. */
final class DataWarnings {
    /** Of the tokens, and of the texts. */
    static final double UNKNOWN_TOKENS = 0.3;

    static final double WHOLLY_UNKNOWN_TEXTS = 0.05;
    static final double CUT_TEXTS = 0.1;
    /** Of the held-out samples, those that training samples equal. */
    static final double EQUAL_SAMPLES = 0.05;
    /** Below so many samples one core is enough. */
    static final long SAMPLES_OF_ONE_CORE = 1_000;
    /** Below so many steps an epoch is too coarse a measure of a training. */
    static final int STEPS = 10;

    private DataWarnings() {}

    static List<String> ofClasses(String role, Dataset dataset) {
        if (dataset.labelled() == 0) {
            return List.of(); // that is said elsewhere
        }
        List<Long> counts = dataset.labelCounts();
        List<String> missing = IntStream.range(0, counts.size())
                .filter(c -> counts.get(c) == 0)
                .mapToObj(c -> dataset.schema().target().classes().get(c))
                .toList();
        return missing.isEmpty()
                ? List.of()
                : List.of("data." + role
                        + (dataset.labelled() < dataset.samples() ? " has no label of " : " has no sample of ")
                        + some("class", "classes", missing));
    }

    /** @param cores at work at once */
    static List<String> ofShards(Dataset train, int cores) {
        return train.shards().size() > 1 || cores == 1 || train.samples() < SAMPLES_OF_ONE_CORE
                ? List.of()
                : List.of(String.format(
                        Locale.ROOT,
                        "all %,d training samples are in one shard, so that one of %d cores trains and the others are idle; lower"
                                + " data.samples-per-shard",
                        train.samples(),
                        cores));
    }

    /** Held-out shards that are training shards too: the same samples with the same ids. */
    static List<String> ofSharedShards(Dataset train, Dataset test) {
        Set<String> keys = train.shards().stream().map(Shard::key).collect(Collectors.toCollection(HashSet::new));
        long shared = test.shards().stream()
                .filter(shard -> keys.contains(shard.key()))
                .mapToLong(Shard::samples)
                .sum();
        return shared == 0
                ? List.of()
                : List.of(String.format(
                        Locale.ROOT,
                        "%,d of %,d held-out samples are in shards of the training samples too: the figures are partly those of samples"
                                + " that were trained on; let data.test name other samples",
                        shared,
                        test.samples()));
    }

    /** @param named whether a column of both sources has the ids, so that equal ones are meant to be the same sample */
    static List<String> of(Overlap overlap, boolean named) {
        List<String> warnings = new ArrayList<>();
        if (named && overlap.ids() > 0) {
            warnings.add(String.format(
                    Locale.ROOT,
                    "%s held-out samples have the id of a training sample; let data.test name samples that are not trained on",
                    percent((double) overlap.ids() / overlap.samples())));
        }
        double equal = (double) overlap.features() / overlap.samples();
        if (equal >= EQUAL_SAMPLES) {
            warnings.add(String.format(
                    Locale.ROOT,
                    "%s held-out samples have the same features as a training sample, so the figures may flatter",
                    percent(equal)));
        }
        return warnings;
    }

    static List<String> ofTexts(String role, TextCounts counts) {
        List<String> warnings = new ArrayList<>();
        String of = role.equals("train") ? "training" : "held-out";
        if (counts.unknownShare() >= UNKNOWN_TOKENS) {
            warnings.add(
                    percent(counts.unknownShare()) + " tokens of the " + of
                            + " texts are unknown: the network sees nothing of them; raise vocabulary, or train on texts of their kind");
        }
        if (counts.whollyUnknownShare() >= WHOLLY_UNKNOWN_TEXTS) {
            warnings.add(percent(counts.whollyUnknownShare()) + " " + of
                    + " texts have no known token, so that all of these get the same answer");
        }
        if (counts.cutShare() >= CUT_TEXTS) {
            warnings.add(
                    percent(counts.cutShare()) + " " + of + " texts are cut; raise length, or put first what matters");
        }
        return warnings;
    }

    /** {@code train: 12,345 tokens, 1.20 % unknown; 0.10 % of 400 texts have no known token, 2.25 % are cut}. */
    static String line(String role, TextCounts counts) {
        return String.format(
                Locale.ROOT,
                "%s: %,d tokens, %.2f %% unknown; %.2f %% of %,d texts have no known token, %.2f %% are cut",
                role,
                counts.tokens(),
                100 * counts.unknownShare(),
                100 * counts.whollyUnknownShare(),
                counts.texts(),
                100 * counts.cutShare());
    }

    /** Of two classes the default of 2 is left out without a word. */
    static List<String> ofTopK(int k, int classes) {
        return k < classes || (k == 2 && classes == 2)
                ? List.of()
                : List.of("evaluation.top-k is " + k + " and there are " + classes
                        + " classes: the true class is always among the " + k
                        + " most probable, so this accuracy is left out");
    }

    /** @param steps of the optimiser in one epoch */
    static List<String> ofSteps(int steps, int batchSize, Dataset train) {
        return steps >= STEPS
                ? List.of()
                : List.of(String.format(
                        Locale.ROOT,
                        "an epoch has %d optimiser step%s where batch-size is %,d (%,d samples): take a smaller batch-size or more"
                                + " epochs",
                        steps,
                        steps == 1 ? "" : "s",
                        batchSize,
                        train.samples()));
    }

    /** {@code class 'a'}, or {@code 7 classes: 'a', 'b', 'c', 'd', 'e' and 2 more}. */
    static String some(String one, String several, List<String> names) {
        int most = 5;
        String shown = names.stream().limit(most).map(name -> "'" + name + "'").collect(Collectors.joining(", "));
        if (names.size() == 1) {
            return one + " " + shown;
        }
        return names.size() + " " + several + ": " + shown
                + (names.size() > most ? " and " + (names.size() - most) + " more" : "");
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f %% of the", 100 * share);
    }
}
