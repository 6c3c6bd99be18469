package io.retort.pipeline;

import io.retort.network.Shape;
import java.util.List;
import java.util.Map;

/** A teacher as its recipe and the data determine it, before anything is trained. */
public interface PlannedTeacher {
    /** All networks that are trained or read for it, in that order; titles are unique. */
    List<PlannedNetwork> networks();

    /** The titles of those that say something of each sample in the end. */
    List<String> labellers();

    /** The shape of each node that students' losses may compare; none where it has no taps. */
    Map<String, Shape> taps();

    /** Trains what is to be trained. */
    ReadyTeacher make(TeacherWorkshop workshop);
}
