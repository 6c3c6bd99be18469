package io.retort.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.retort.distill.Trainer.TrainingCurve;
import io.retort.distill.loss.CrossEntropyLoss;
import io.retort.distill.loss.LogitMseLoss;
import io.retort.distill.loss.LossSettings;
import io.retort.distill.loss.SoftTargetLoss;
import io.retort.distill.loss.StandardizedLoss;
import io.retort.distill.schedule.Schedule;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CurveSectionTest {
    private static final LossSettings LABELS = new CrossEntropyLoss.Settings(0.5, 0);
    private static final LossSettings TEACHER = new SoftTargetLoss.Settings(1, 4);

    @Test
    void hasAPointForEachEpochToSixDigits() {
        TrainingCurve curve = TrainingCurve.none().with(2.0 / 3, 1e-3).with(0.123456789, 1e-3 / 3);
        assertThat(CurveSection.of(curve, List.of(LABELS, TEACHER)))
                .containsExactly(new CurveSection(
                        "0.5 cross-entropy + soft-target",
                        "nats",
                        2,
                        List.of(1, 2),
                        List.of(0.666667, 0.123457),
                        List.of(0.001, 0.000333333)));
    }

    @Test
    void saysHowAWeightMoves() {
        LossSettings fading = new SoftTargetLoss.Settings(new Schedule.Linear(1, 0), Schedule.of(4));
        CurveSection section = section(TrainingCurve.none().with(1, 1), fading);
        assertThat(section.objective()).isEqualTo("1 to 0 soft-target");
    }

    @Test
    void hasNoUnitWhereAPartOfTheSumHasAnother() {
        TrainingCurve curve = TrainingCurve.none().with(1, 1);
        LossSettings squares = new LogitMseLoss.Settings(1);
        assertThat(section(curve, LABELS, squares).unit()).isEmpty();
        assertThat(section(curve, new StandardizedLoss.Settings(1, squares)).unit())
                .isEmpty();
        assertThat(section(curve, new StandardizedLoss.Settings(1, TEACHER)).unit())
                .isEqualTo("nats");
    }

    @Test
    void keepsFourHundredPointsOfManyEpochsTheFirstAndTheLastAmongThem() {
        List<Double> losses =
                IntStream.rangeClosed(1, 12_345).mapToObj(i -> 1.0 / i).toList();
        CurveSection section = section(new TrainingCurve(losses, Collections.nCopies(12_345, 0.1)), LABELS);
        assertThat(section.epochs()).isEqualTo(12_345);
        assertThat(section.epoch())
                .hasSize(400)
                .startsWith(1, 32)
                .endsWith(12_345)
                .isSorted();
        assertThat(section.loss()).hasSize(400).startsWith(1.0).contains(0.03125);
        assertThat(section(new TrainingCurve(losses.subList(0, 400), Collections.nCopies(400, 0.1)), LABELS)
                        .epoch())
                .isEqualTo(IntStream.rangeClosed(1, 400).boxed().toList());
    }

    @Test
    void isNotThereWithoutEpochs() {
        assertThat(CurveSection.of(TrainingCurve.none(), List.of(LABELS))).isEmpty();
    }

    @Test
    void refusesWhatIsNoNumber() {
        assertThatThrownBy(() -> TrainingCurve.none().with(Double.NaN, 0.1))
                .hasMessage("the losses of a curve must be finite, were [NaN]");
        assertThatThrownBy(() -> new TrainingCurve(List.of(1.0), List.of()))
                .hasMessage("a curve must have a learning rate for each loss, has 0 for 1");
    }

    private static CurveSection section(TrainingCurve curve, LossSettings... losses) {
        return CurveSection.of(curve, List.of(losses)).get(0);
    }
}
