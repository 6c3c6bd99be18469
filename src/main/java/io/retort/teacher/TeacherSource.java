package io.retort.teacher;

import java.io.Serializable;

/** What an executor needs to make a {@link Teacher}: small, serializable, and the same on every machine. */
public interface TeacherSource extends Serializable {
    /** Changes when, and only when, the teacher's answers may: a digest of its structure and parameters. A name in a store. */
    String fingerprint();

    /** Opens the teacher; one call to {@link Teacher#logits} may use {@code threads} threads. */
    Teacher open(int threads);
}
