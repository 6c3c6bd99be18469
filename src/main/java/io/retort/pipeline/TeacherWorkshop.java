package io.retort.pipeline;

/** Where teachers are made. What was made before from the same things comes from the store. */
public interface TeacherWorkshop {
    /** Trains a network on the labels alone. */
    Trained train(PlannedNetwork network);

    /** Trains a network on what another teacher says of the training samples, which it labels first. */
    Trained distil(PlannedNetwork network, ReadyTeacher taughtBy);

    /** A network as a teacher. */
    ReadyTeacher ready(String title, Trained network);
}
