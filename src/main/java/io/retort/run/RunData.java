package io.retort.run;

import io.retort.data.shard.Dataset;
import java.util.Optional;

/**
 * The data sets of a run.
 *
 * @param source all rows of {@code data.train}; shards and soft labels are made of them, whichever of them serve for
 *     what
 * @param train the rows that networks learn from; students may not see some classes of them, but their teacher does
 * @param validation the rows on which everything is chosen; nothing where there is no validation split
 * @param ofAllClasses the validation rows with those of classes that students do not see, on which a teacher may speak
 * @param test the held-out rows, which are only measured where there is a validation split
 */
public record RunData(
        Dataset source, Dataset train, Optional<Dataset> validation, Optional<Dataset> ofAllClasses, Dataset test) {
    /** The same with the rows on which is chosen in the place of the held-out ones. */
    RunData ofChoosing() {
        return validation
                .map(rows -> new RunData(source, train, Optional.empty(), Optional.empty(), rows))
                .orElse(this);
    }
}
