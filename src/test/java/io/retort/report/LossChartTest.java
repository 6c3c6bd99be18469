package io.retort.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.retort.report.LossChart.Dot;
import io.retort.report.LossChart.Tick;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LossChartTest {
    /** From (64, 252), loss 0, to (624, 20), loss 1: the middles of four epochs are 140 apart. */
    @Test
    void putsEachEpochWhereItsLossIs() {
        LossChart chart = chart(SampleReport.curve("a", 1.0, 0.5, 0.25, 0.0));
        assertThat(chart.lines())
                .containsExactly(new LossChart.Line(
                        "student",
                        "134.0,20.0 274.0,136.0 414.0,194.0 554.0,252.0",
                        List.of(
                                new Dot("134.0", "20.0"),
                                new Dot("274.0", "136.0"),
                                new Dot("414.0", "194.0"),
                                new Dot("554.0", "252.0"))));
        assertThat(chart.epochTicks())
                .containsExactly(
                        new Tick("134.0", "1"), new Tick("274.0", "2"), new Tick("414.0", "3"), new Tick("554.0", "4"));
        assertThat(chart.lossTicks()).extracting(Tick::label).containsExactly("0", "0.2", "0.4", "0.6", "0.8", "1");
        assertThat(chart.lossLabel()).isEqualTo("mean loss, nats");
    }

    @Test
    void aSingleEpochIsADotInTheMiddle() {
        LossChart chart = chart(SampleReport.curve("a", 0.7));
        assertThat(chart.lines()).singleElement().satisfies(line -> {
            assertThat(line.points()).matches("344\\.0,\\d+\\.\\d");
            assertThat(line.dots()).hasSize(1);
        });
        assertThat(chart.epochTicks()).containsExactly(new Tick("344.0", "1"));
    }

    @Test
    void aConstantLossIsALineWithin() {
        for (double constant : new double[] {0.693147, 0, 1e-9, 12_345, -3}) {
            LossChart chart = chart(SampleReport.curve("a", constant, constant, constant));
            List<Double> heights = chart.lines().get(0).dots().stream()
                    .map(dot -> Double.parseDouble(dot.y()))
                    .toList();
            assertThat(heights)
                    .as("constant " + constant)
                    .hasSize(3)
                    .allSatisfy(y -> assertThat(y).isEqualTo(heights.get(0)).isBetween((double) LossChart.TOP, (double)
                            LossChart.BOTTOM));
            assertThat(chart.lossTicks()).hasSizeBetween(2, 12);
        }
    }

    @Test
    void whatIsNoNumberIsLeftOut() {
        LossChart chart = chart(SampleReport.curve("a", 1.0, Double.NaN, 0.5, Double.POSITIVE_INFINITY));
        assertThat(chart.lines().get(0).points().split(" ")).hasSize(2);
        assertThat(chart.lines().get(0).points()).doesNotContain("NaN", "Infinity");
        assertThatThrownBy(() -> chart(SampleReport.curve("a", Double.NaN)))
                .hasMessage("a chart must have at least one epoch");
    }

    @Test
    void isLogarithmicOnlyWhereLossesSpanManyMagnitudes() {
        assertThat(chart(SampleReport.curve("a", 1.0, 0.021)).lossLabel()).isEqualTo("mean loss, nats");
        LossChart wide = chart(SampleReport.curve("a", 10.0, 1.0, 0.1, 0.001));
        assertThat(wide.lossLabel()).isEqualTo("mean loss, nats (logarithmic)");
        assertThat(wide.lossTicks()).extracting(Tick::label).containsExactly("0.001", "0.01", "0.1", "1", "10");
        assertThat(wide.lines().get(0).dots()).extracting(Dot::y).containsExactly("20.0", "78.0", "136.0", "252.0");
    }

    @Test
    void manyEpochsHaveALineWithoutDotsAndFewTicks() {
        Double[] losses = IntStream.rangeClosed(1, 400).mapToObj(i -> 2.0 / i).toArray(Double[]::new);
        LossChart chart = chart(SampleReport.curve("a", losses));
        assertThat(chart.lines().get(0).points().split(" ")).hasSize(400);
        assertThat(chart.lines().get(0).dots()).isEmpty();
        assertThat(chart.epochTicks())
                .extracting(Tick::label)
                .containsExactly("1", "50", "100", "150", "200", "250", "300", "350", "400");
    }

    @Test
    void fineTuningsFollowEachOther() {
        CurveSection two = SampleReport.curve("a", 0.5, 0.4);
        LossChart chart = new LossChart(List.of(new LossChart.Series("student", List.of(two, two))))
                .marking(List.of("2 prune", "3 prune"), List.of(2, 2));
        assertThat(chart.lines())
                .extracting(LossChart.Line::points)
                .containsExactly("134.0,20.0 274.0,252.0", "414.0,20.0 554.0,252.0");
        assertThat(chart.marks()).containsExactly(new Tick("64.0", "2 prune"), new Tick("344.0", "3 prune"));
    }

    @Test
    void hasNoUnitWhereOneCurveHasNone() {
        CurveSection nats = SampleReport.curve("a", 1.0);
        CurveSection squares = new CurveSection("logit-mse", "", 1, List.of(1), List.of(0.5), List.of(0.1));
        List<LossChart.Series> both = new ArrayList<>();
        both.add(new LossChart.Series("student", List.of(squares)));
        both.add(new LossChart.Series("baseline", Collections.singletonList(nats)));
        assertThat(new LossChart(both).lossLabel()).isEqualTo("mean loss");
    }

    private static LossChart chart(CurveSection curve) {
        return new LossChart(List.of(new LossChart.Series("student", List.of(curve))));
    }
}
