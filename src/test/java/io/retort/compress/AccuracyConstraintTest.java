package io.retort.compress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.retort.compress.CompressorSettings.AccuracyConstraint;
import io.retort.compress.CompressorSettings.AccuracyConstraint.OnBreak;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AccuracyConstraintTest {
    @Test
    void holdsAtItsVeryBounds() {
        AccuracyConstraint floor = new AccuracyConstraint(Optional.of(0.9), Optional.of(0.0625), OnBreak.STOP);
        assertThat(floor.holds(0.9375, 0.9)).isTrue();
        assertThat(floor.holds(0.9375, 0.8999)).as("less than min-accuracy").isFalse();
        assertThat(floor.holds(1, 0.9375)).isTrue();
        assertThat(floor.holds(1, 0.9374)).as("more than max-drop").isFalse();
        AccuracyConstraint ofDecimals = new AccuracyConstraint(Optional.empty(), Optional.of(0.1), OnBreak.STOP);
        assertThat(ofDecimals.holds(0.92, 0.82))
                .as("0.92 - 0.82 is more than 0.1 in doubles")
                .isTrue();
        assertThat(ofDecimals.holds(0.92, 0.81)).isFalse();
        assertThat(Stages.NO_FLOOR.holds(1, 0)).as("nothing is asked for").isTrue();
    }

    @Test
    void refusesWhatIsNoFraction() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new AccuracyConstraint(Optional.of(93.5), Optional.empty(), OnBreak.STOP))
                .withMessage("min-accuracy must be in [0, 1], was 93.5");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new AccuracyConstraint(Optional.empty(), Optional.of(Double.NaN), OnBreak.ROLL_BACK))
                .withMessage("max-drop must be in [0, 1], was NaN");
    }
}
