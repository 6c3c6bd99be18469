package io.retort.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.retort.report.StudentSection.CompactSection;
import java.util.List;
import org.junit.jupiter.api.Test;

class ResultsTableTest {
    @Test
    void aTableHasRowsAndNoImages() {
        Report report = SampleReport.ofRows();
        assertThat(ResultsTable.of(report))
                .startsWith("800 training and 200 held-out rows, ")
                .contains("| p50 ms | rows/s |");
        for (String shown : List.of(ResultsTable.of(report), SummaryTable.of(report), HtmlReport.of(report))) {
            assertThat(shown).contains("rows/s").doesNotContain("images", "samples");
        }
    }

    @Test
    void hasTheTeacherAndEachStudentBesideItsBaseline() {
        assertThat(ResultsTable.of(SampleReport.of("losses", List.of("boot", "bag"))))
                .isEqualTo("""
                        60,000 training and 10,000 held-out images, 1 seed, on an unknown processor.

                        most frequent class: boot, 100.00 % of 10,000 held-out images.

                        | network | parameters | MACs | accuracy | balanced accuracy | baseline | gain, points [95 %] | verdict | agreement | p50 ms | images/s |
                        |---|---|---|---|---|---|---|---|---|---|---|
                        | teacher | 288,170 | 1,000 | 94.12 % | 90.00 % |  |  |  | 100.00 % | 0.250 | 12,346 |
                        | tiny | 9,034 | 1,000 | 91.00 % | 90.00 % | 89.99 % | +1.01 [+0.20, +1.82] | gain | 93.00 % | 0.250 | 12,346 |
                        """);
    }

    @Test
    void hasTheCompactFilesWhereThereAreSome() {
        List<CompactSection> compact = List.of(new CompactSection("float16-huffman", 9_000, 18_000, 20_000, 4.015));
        assertThat(ResultsTable.of(SampleReport.of("losses", List.of("boot", "bag"), compact)))
                .endsWith("""
                        | 12,346 |

                        | network, compact file | form | accuracy | bytes | not coded | nor sparse | float32 parameters by it |
                        |---|---|---|---|---|---|---|
                        | tiny, 1 distill | float16-huffman | 91.00 % | 9,000 | 18,000 | 20,000 | 4.0 |
                        """);
    }

    @Test
    void hasWhatWasDoneBeforeTheDistillationInTheStagesThatItBelongsTo() {
        assertThat(ResultsTable.of(SampleReport.cutFirst()))
                .contains(
                        "| cut, 1 start | 94.00 ± 0.00 % |  |  | ",
                        "| cut, 2 prune-channels, undone in 1 of 2 | 60.00 ± 14.14 % | -34.00 |  | ",
                        "| cut, 3 low-rank, in 1 of 2 seeds | 60.00 % | -10.00 |  | ",
                        "| cut, 4 distill | 91.00 ± 0.00 % |  |  | ",
                        "| cut, 5 quantize | 90.00 ± 0.00 % | -1.00 | -1.00 [-1.00, -1.00] | ");
    }

    @Test
    void saysTheSameOfTwoSeedsAsTheConsole() {
        assertThat(ResultsTable.of(SampleReport.twoSeeds()))
                .contains(
                        "| small | 9,034 | 1,000 | 93.50 ± 4.95 % | 71.94 ± 31.03 % | 89.99 ± 0.00 % | +3.51 [-40.96, +47.98] | no gain"
                                + " | 92.75 ± 3.18 % | 0.200 ± 0.141 | 15,000 ± 7,071 |");
    }

    @Test
    void hasEachStageOfCompressionOnce() {
        assertThat(ResultsTable.of(SampleReport.compressed()))
                .contains("2 seeds")
                .endsWith("""

                        | student and stage | accuracy | by this stage, points | since distillation, points [95 %] | to the baseline | to the teacher | agreement | parameters | MACs | zeros | ONNX bytes | p50 ms | of distilled's p50 | images/s | of distilled's images/s |
                        |---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|
                        | thin, 1 distill | 91.00 ± 0.00 % |  |  | +1.01 | -3.12 | 93.00 ± 0.00 % | 9,034 | 1,000 |  | 2,000 | 0.250 ± 0.000 |  | 12,346 ± 0 |  |
                        | thin, 2 prune-channels | 90.00 ± 0.00 % | -1.00 | -1.00 [-1.00, -1.00] | +0.01 | -4.12 | 92.00 ± 0.00 % | 5,000 | 1,000 | 0 % | 2,000 | 0.250 ± 0.000 | 0.50 | 12,346 ± 0 | 1.50 |
                        | small, 3 quantize, in 1 of 2 seeds, undone | 88.00 % | -2.00 | -3.00 [-3.85, -2.15] | -1.99 | -6.12 | 91.00 % | 5,000 | 1,000 | 40 % | 2,000 | 0.250 | 0.50 | 12,346 | 1.50 |
                        """);
    }
}
