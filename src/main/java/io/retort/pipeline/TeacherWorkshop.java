package io.retort.pipeline;

import io.retort.network.Network;

/** Where teachers are made. What was made before from the same things comes from the store. */
public interface TeacherWorkshop {
    /** Trains a network on the labels alone. */
    Network train(PlannedNetwork network);

    /** Trains a network on what another teacher says of the training samples, which it labels first. */
    Network distil(PlannedNetwork network, ReadyTeacher taughtBy);

    /** A network as a teacher. */
    ReadyTeacher ready(String title, Network network);
}
