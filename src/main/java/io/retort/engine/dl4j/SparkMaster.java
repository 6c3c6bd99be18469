package io.retort.engine.dl4j;

import io.retort.network.Network;
import io.retort.network.Shape;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.storage.StorageLevel;
import org.deeplearning4j.spark.api.RDDTrainingApproach;
import org.deeplearning4j.spark.api.Repartition;
import org.deeplearning4j.spark.impl.graph.SparkComputationGraph;
import org.deeplearning4j.spark.impl.paramavg.ParameterAveragingTrainingMaster;
import org.nd4j.linalg.dataset.DataSet;

/** DL4J's own {@code ParameterAveragingTrainingMaster}, at work on a network. */
public final class SparkMaster {
    private final TrainableNetwork network;
    private final SparkComputationGraph master;
    private final SparkLossSum losses;

    private SparkMaster(TrainableNetwork network, SparkComputationGraph master, SparkLossSum losses) {
        this.network = network;
        this.master = master;
        this.losses = losses;
    }

    /**
     * A master for a network that is built already.
     *
     * @param replicas how many workers DL4J spreads a pass over
     * @param averagingFrequency steps of each between two averagings
     */
    public static SparkMaster of(
            JavaSparkContext spark, TrainableNetwork network, int replicas, int batchSize, int averagingFrequency) {
        SparkLossSum losses = new SparkLossSum(spark);
        ParameterAveragingTrainingMaster averaging = new ParameterAveragingTrainingMaster.Builder(replicas, batchSize)
                .batchSizePerWorker(batchSize)
                .averagingFrequency(averagingFrequency)
                .workerPrefetchNumBatches(0)
                .trainingHooks(losses)
                // Export writes the data set to the default file system and refuses a cluster on which that is local.
                .rddTrainingApproach(RDDTrainingApproach.Direct)
                .repartionData(Repartition.Always)
                // Direct refuses a cached RDD, and by default caches what it repartitions.
                .storageLevel(StorageLevel.NONE())
                .build();
        return new SparkMaster(network, new SparkComputationGraph(spark, network.graph(), averaging), losses);
    }

    /** One pass over the batches; returns the mean loss of their rows, each at the parameters that it met. */
    public double fit(JavaRDD<Batch> batches, Shape input) {
        master.fit(batches.map(batch -> dataSet(batch, input)));
        return losses.takeMean();
    }

    /** The network with its present parameters. */
    public Network network() {
        return network.network();
    }

    private static DataSet dataSet(Batch batch, Shape input) {
        return new DataSet(Batch.features(batch.features(), input, batch.size()), batch.targetArray());
    }
}
