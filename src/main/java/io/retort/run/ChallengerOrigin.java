package io.retort.run;

import io.retort.config.Names;
import io.retort.data.shard.Dataset;
import io.retort.data.shard.RowDigest;
import io.retort.data.shard.ShardStore;
import io.retort.data.shard.Sharding;
import io.retort.data.shard.VocabularyCount;
import io.retort.data.source.ReaderSettings;
import io.retort.network.Vocabulary;
import io.retort.recipe.DataSettings;
import io.retort.recipe.Kinds;
import io.retort.recipe.Recipe;
import io.retort.run.record.RunContext;
import io.retort.storage.Digest;
import io.retort.storage.StoreReferences;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * By what a challenger is known before it is trained: the digest of its training rows, its teacher, student, trainer
 * and seed.
 *
 * <p>Names, times and places of the source's files are no part of it, nor are gates, held-out samples, the number of
 * cores of a cluster, or the champion where the training begins.
 */
public record ChallengerOrigin(JavaSparkContext spark, RunContext context, Recipe recipe) {
    private static final String CODE = "origin/2";

    /**
     * The origin of the challenger that these data of the recipe would give now. They are sharded for that, as the run
     * would do first.
     */
    public String ofToday(DataSettings data) {
        ReaderSettings source = data.train();
        Vocabulary vocabulary =
                new VocabularyCount(spark, context.storage(), context.root()).of(source, StoreReferences.UNANNOUNCED);
        return of(new Sharding(spark, context.storage(), context.root())
                .shard(source, recipe.data().samplesPerShard(), vocabulary, StoreReferences.UNANNOUNCED));
    }

    /** The origin of a challenger that learns from these samples. */
    public String of(Dataset train) {
        ShardStore shards = new ShardStore(context.storage(), context.root());
        Digest digest = new Digest()
                .add(CODE)
                .add(RowDigest.of(spark, shards, train))
                .add(recipe.data().viewSeed())
                .add(Names.kebab(recipe.data().scaling()))
                .add(recipe.seeds().get(0));
        recipe.data().labelLimit().ifPresent(digest::add);
        recipe.data()
                .validation()
                .ifPresent(split -> digest.add(Kinds.canonical().address(split)));
        for (Object part : List.of(
                recipe.teacher(),
                recipe.labels(),
                recipe.trainer(),
                recipe.students().get(0))) {
            digest.add(Kinds.canonical().address((Record) part));
        }
        recipe.saved().forEach(saved -> digest.add(saved.digest(context.storage())));
        return digest.key();
    }
}
