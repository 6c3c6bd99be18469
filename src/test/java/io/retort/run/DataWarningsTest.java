package io.retort.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.retort.data.DataType;
import io.retort.data.Schema;
import io.retort.data.encode.TokenInput.TextCounts;
import io.retort.data.shard.Dataset;
import io.retort.data.shard.OverlapSearch.Overlap;
import io.retort.data.shard.Shard;
import io.retort.network.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DataWarningsTest {
    @Test
    void nameClassesWithoutASample() {
        assertThat(DataWarnings.ofClasses("train", dataset(shard("a", 3, 2), shard("b", 0, 1))))
                .isEmpty();
        assertThat(DataWarnings.ofClasses("test", dataset(shard("a", 3, 0), shard("b", 2, 0))))
                .containsExactly("data.test has no sample of class 'c1'");
        assertThat(DataWarnings.ofClasses("train", dataset(shard("a", 1, 0, 0, 0, 0, 0, 0, 0))))
                .containsExactly("data.train has no sample of 7 classes: 'c1', 'c2', 'c3', 'c4', 'c5' and 2 more");
    }

    @Test
    void tellOfOneShardOnSeveralCores() {
        Dataset one = dataset(shard("a", 600, 400));
        assertThat(DataWarnings.ofShards(one, 8))
                .containsExactly(
                        "all 1,000 training samples are in one shard, so that one of 8 cores trains and the others are idle;"
                                + " lower data.samples-per-shard");
        assertThat(DataWarnings.ofShards(one, 1)).isEmpty();
        assertThat(DataWarnings.ofShards(dataset(shard("a", 600, 399)), 8)).isEmpty();
        assertThat(DataWarnings.ofShards(dataset(shard("a", 600, 400), shard("b", 1, 0)), 8))
                .isEmpty();
    }

    @Test
    void tellOfShardsThatAreTrainedOnAndHeldOut() {
        Dataset train = dataset(shard("a", 200, 200), shard("b", 50, 50));
        assertThat(DataWarnings.ofSharedShards(train, dataset(shard("b", 50, 50), shard("c", 10, 15))))
                .containsExactly(
                        "100 of 125 held-out samples are in shards of the training samples too: the figures are partly those"
                                + " of samples that were trained on; let data.test name other samples");
        assertThat(DataWarnings.ofSharedShards(train, dataset(shard("c", 10, 15))))
                .isEmpty();
    }

    @Test
    void tellOfSamplesThatAreTrainedOnAndHeldOut() {
        assertThat(DataWarnings.of(new Overlap(1000, 1, 50), true))
                .containsExactly(
                        "0.1 % of the held-out samples have the id of a training sample; let data.test name samples that are not"
                                + " trained on",
                        "5.0 % of the held-out samples have the same features as a training sample, so the figures may flatter");
        // Without a column of ids they are made of file names and rows, which other data may have too.
        assertThat(DataWarnings.of(new Overlap(1000, 1000, 49), false)).isEmpty();
    }

    @Test
    void tellOfTextsThatAreUnknownOrCut() {
        assertThat(DataWarnings.ofTexts("test", new TextCounts(1000, 10_000, 3_000, 50, 100)))
                .containsExactly(
                        "30.0 % of the tokens of the held-out texts are unknown: the network sees nothing of them; raise vocabulary, or"
                                + " train on texts of their kind",
                        "5.0 % of the held-out texts have no known token, so that all of these get the same answer",
                        "10.0 % of the held-out texts are cut; raise length, or put first what matters");
        assertThat(DataWarnings.ofTexts("train", new TextCounts(1000, 10_000, 2_999, 49, 99)))
                .isEmpty();
        assertThat(DataWarnings.ofTexts("train", new TextCounts(10, 0, 0, 10, 0)))
                .hasSize(2);
        assertThat(DataWarnings.line("test", new TextCounts(1000, 12_345, 1_000, 49, 99)))
                .isEqualTo(
                        "test: 12,345 tokens, 8.10 % unknown; 4.90 % of 1,000 texts have no known token, 9.90 % are cut");
    }

    @Test
    void tellOfATopKThatIsAlwaysReached() {
        assertThat(DataWarnings.ofTopK(3, 3))
                .containsExactly(
                        "evaluation.top-k is 3 and there are 3 classes: the true class is always among the 3 most probable,"
                                + " so this accuracy is left out");
        assertThat(DataWarnings.ofTopK(2, 3)).isEmpty();
        assertThat(DataWarnings.ofTopK(2, 2)).isEmpty(); // nobody has asked for it
        assertThat(DataWarnings.ofTopK(5, 2)).hasSize(1);
    }

    @Test
    void tellOfEpochsOfFewSteps() {
        Dataset train = dataset(shard("a", 100, 44));
        assertThat(DataWarnings.ofSteps(9, 16, train))
                .containsExactly("an epoch has 9 optimiser steps where batch-size is 16 (144 samples): take a"
                        + " smaller batch-size or more epochs");
        assertThat(DataWarnings.ofSteps(1, 256, train))
                .singleElement()
                .asString()
                .startsWith("an epoch has 1 optimiser step where");
        assertThat(DataWarnings.ofSteps(10, 16, train)).isEmpty();
    }

    private static Dataset dataset(Shard... shards) {
        int classes = shards[0].labelCounts().size();
        return new Dataset(
                new Schema(
                        Shape.vector(1),
                        DataType.FLOAT32,
                        IntStream.range(0, classes).mapToObj(c -> "c" + c).toList()),
                List.of(shards));
    }

    private static Shard shard(String key, long... labels) {
        return new Shard(
                key,
                (int) Arrays.stream(labels).sum(),
                Arrays.stream(labels).boxed().toList(),
                List.of(),
                List.of());
    }
}
