package io.retort.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class CostChartTest {
    @Test
    void theFrontLeavesOutWhatIsBeaten() {
        List<CostChart> charts = CostChart.of(SampleReport.of("quickstart", List.of("boot", "bag")));
        assertThat(charts)
                .extracting(CostChart::title)
                .containsExactly(
                        "accuracy by bytes of the ONNX file",
                        "accuracy by multiply-accumulates",
                        "accuracy by milliseconds for one row");
        CostChart bytes = charts.get(0);
        assertThat(bytes.dots())
                .extracting(CostChart.Dot::text)
                .containsExactly("teacher: 94.12 %, 2,000", "tiny: 91.00 %, 2,000", "tiny's baseline: 89.99 %, 2,000");
        CostChart.Dot best = bytes.dots().get(0);
        assertThat(best.x()).as("all of one size are in the middle").isEqualTo("344.0");
        assertThat(bytes.front()).as("of equal size the best alone").isEqualTo("M344.0 " + best.y());
        assertThat(bytes.scoreTicks()).extracting(LossChart.Tick::label).contains("90.00 %", "95.00 %");
        assertThat(bytes.costTicks())
                .extracting(LossChart.Tick::label)
                .containsExactly("1 k", "1.5 k", "2 k", "3 k", "4 k");
    }

    @Test
    void stagesStandBesideTheTeacher() {
        CostChart latency = CostChart.of(SampleReport.compressed()).get(2);
        assertThat(latency.dots())
                .extracting(CostChart.Dot::text)
                .contains("teacher: 94.12 %, 0.250")
                .anyMatch(text -> text.startsWith("small, 3 quantize"));
        assertThat(latency.dots()).allSatisfy(dot -> {
            assertThat(Double.parseDouble(dot.x())).isBetween((double) LossChart.LEFT, (double) LossChart.RIGHT);
            assertThat(Double.parseDouble(dot.y())).isBetween((double) LossChart.TOP, (double) LossChart.BOTTOM);
        });
    }
}
