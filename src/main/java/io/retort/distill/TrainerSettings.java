package io.retort.distill;

import io.retort.config.SettingException;
import io.retort.engine.dl4j.LayerSet;
import io.retort.storage.Storage;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;

/** The settings of one kind of trainer in a recipe. */
public interface TrainerSettings {
    /** How many replicas train at once; as many as there are task slots where it is not given. */
    Optional<Integer> replicas();

    /**
     * The trainer with these settings.
     *
     * @param checkpoints the directory where the states of unfinished trainings are kept
     */
    Trainer create(JavaSparkContext spark, Storage storage, Path checkpoints, int chosenReplicas);

    /** Whether the trained network depends on the number of replicas, set or chosen. */
    default boolean dependsOnReplicas() {
        return true;
    }

    /** Whether the trained network depends on the number of task slots. */
    default boolean dependsOnSlots() {
        return dependsOnReplicas() && replicas().isEmpty();
    }

    /** These settings without those that leave the trained network as it is. */
    default TrainerSettings identity() {
        return this;
    }

    /**
     * The layers of the networks that it trains. Only with {@link LayerSet#FUSED} it trains losses at taps, keeps
     * weights at 0 or rounds them, and knows {@link TrainingSettings#scalePenalty}.
     */
    default LayerSet layers() {
        return LayerSet.FUSED;
    }

    /** Why it cannot train in this JVM, to follow the setting's name, or nothing. */
    default Optional<String> obstacle() {
        return Optional.empty();
    }

    /** What computes its steps. */
    default Engine engine() {
        return Engine.DL4J;
    }

    /** That, and in which numbers. */
    default Compute compute() {
        return Compute.by(engine());
    }

    /** Refuses a number of replicas that cannot be. */
    static void requireReplicas(Optional<Integer> replicas) {
        if (replicas.isPresent() && replicas.get() < 1) {
            throw new SettingException("replicas", "must be at least 1, was " + replicas.get());
        }
    }
}
