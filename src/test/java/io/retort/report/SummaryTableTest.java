package io.retort.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class SummaryTableTest {
    @Test
    void hasOneFigureOfTwoSeedsForOneThing() {
        assertThat(SummaryTable.of(SampleReport.twoSeeds())).isEqualTo("""
                 network        |       accuracy |       baseline |    gain, points [95 %] | verdict |        balanced |        macro F1 |      agreement |        ROC area | PR area
                ----------------+----------------+----------------+------------------------+---------+-----------------+-----------------+----------------+-----------------+---------
                 teacher        |        94.12 % |                |                        |         |         90.00 % |         47.37 % |       100.00 % |               – |       –
                 small, 2 seeds | 93.50 ± 4.95 % | 89.99 ± 0.00 % | +3.51 [-40.96, +47.98] | no gain | 71.94 ± 31.03 % | 69.69 ± 31.57 % | 92.75 ± 3.18 % | 0.9700 ± 0.0283 |       –
                most frequent class: no, 100.00 % of 10,000 held-out images

                 network        | parameters |  MACs | ONNX bytes |        p50 ms |       images/s
                ----------------+------------+-------+------------+---------------+----------------
                 teacher        |    288,170 | 1,000 |      2,000 |         0.250 |         12,346
                 small, 2 seeds |      9,034 | 1,000 |      2,000 | 0.200 ± 0.141 | 15,000 ± 7,071

                 network        | class | held out |          recall |        precision |              F1 | F1 to teacher, points
                ----------------+-------+----------+-----------------+------------------+-----------------+-----------------------
                 teacher        | no    |      100 |         90.00 % |         100.00 % |         94.74 % |
                 teacher        | yes   |        0 |               – |           0.00 % |          0.00 % |
                 small, 2 seeds | no    |       90 |  98.89 ± 1.57 % |   94.44 ± 6.28 % |  96.53 ± 2.54 % |                 +1.79
                 small, 2 seeds | yes   |       10 | 45.00 ± 63.64 % | 81.82 % (1 of 2) | 42.86 ± 60.61 % |                +42.86""");
    }

    @Test
    void namesTheWorstClassesWhereThereAreMany() {
        List<List<Long>> confusion = new ArrayList<>();
        for (int c = 0; c < 100; c++) {
            Long[] row = new Long[100];
            Arrays.fill(row, 0L);
            row[c] = (long) c; // class c has 100 samples, c of which are found
            row[(c + 1) % 100] = 100L - c;
            confusion.add(List.of(row));
        }
        assertThat(SummaryTable.of(SampleReport.ofClasses(confusion)))
                .contains(
                        "worst 12 classes",
                        " teacher | class-0          |      100 |  0.00 % |    0.00 % |  0.00 %",
                        " tiny    | class-11         |      100 | 11.00 % |")
                .doesNotContain("class-12");
    }
}
