package io.retort.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.retort.report.Report.CacheSection;
import io.retort.report.Report.DatasetSection;
import io.retort.report.Report.ExportSection;
import io.retort.report.Report.Figures;
import io.retort.report.Report.LatencySection;
import io.retort.report.Report.ParitySection;
import io.retort.report.Report.StageSection;
import io.retort.report.Report.StudentSection;
import io.retort.report.Report.SummarySection;
import io.retort.report.Report.TeacherSection;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

class HtmlReportTest {
    private static final Figures TEACHER = figures(0.9412, 1.0, 288_170);
    private static final Figures STUDENT = figures(0.91, 0.93, 9_034);
    private static final Figures BASELINE = figures(0.8999, 0.925, 9_034);

    @Test
    void showsEveryNetworkAndTheVerdict() throws Exception {
        String page = HtmlReport.of(report("quickstart", List.of("boot", "bag")));
        assertThat(rows(page, "Every network"))
                .containsExactly(
                        "teacher | 288,170 | 1,000 | 2,000 | 94.12 % | 100.00 % | 0.0123 | 0.250 | 0.500 | 12,346",
                        "tiny, seed 1, distill | 9,034 | 1,000 | 2,000 | 91.00 % | 93.00 % | 0.0123 | 0.250 | 0.500 | 12,346",
                        "tiny, seed 1, baseline | 9,034 | 1,000 | 2,000 | 89.99 % | 92.50 % | 0.0123 | 0.250 | 0.500 | 12,346");
        assertThat(rows(page, "Students beside their baselines"))
                .containsExactly("tiny | 1 | 91.00 % | 89.99 % | +1.01 [+0.20, +1.82] | gain | 31.9");
        assertThat(rows(page, "Exported students"))
                .containsExactly("student-tiny-seed1.onnx | 1.2E-6 | 100.00 % | 1,024", "no <zip>: reason");
        assertThat(rows(page, "Time")).containsExactly("label | 1,234.5 | 4,000", "shard train | 2.0 |");
    }

    @Test
    void escapesWhatComesFromARecipe() {
        String page = HtmlReport.of(report("<script>alert(1)</script>", List.of("<img src=x>", "\" onload=\"x")));
        assertThat(page).doesNotContain("<script", "<img", "\" onload=\"x");
        assertThat(page).contains("&lt;script&gt;alert(1)&lt;/script&gt;");
    }

    @Test
    void showsATeacherWithoutStudents() throws Exception {
        Report whole = report("alone", List.of("a", "b"));
        Report alone = new Report(
                Report.VERSION,
                whole.name(),
                whole.run(),
                whole.started(),
                whole.dataset(),
                whole.teacher(),
                List.of(),
                List.of(),
                whole.timings(),
                whole.throughput(),
                whole.cache(),
                whole.environment(),
                List.of());
        assertThat(rows(HtmlReport.of(alone), "Every network")).hasSize(1);
    }

    /** The rows below the header of the first table after a heading, cells joined. Fails where the page is not well-formed. */
    private static List<String> rows(String page, String heading) throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setFeature("http://apache.org/xml/features/nonvalidating/load-external-dtd", false);
        Document document = factory.newDocumentBuilder().parse(new InputSource(new StringReader(page)));
        NodeList all = document.getElementsByTagName("*");
        List<String> rows = new ArrayList<>();
        boolean below = false;
        for (int i = 0; i < all.getLength(); i++) {
            String name = all.item(i).getNodeName();
            if (name.equals("h2")) {
                below = all.item(i).getTextContent().equals(heading);
            } else if (below && name.equals("tr")) {
                rows.add(cells(all.item(i).getChildNodes()));
            }
        }
        rows.removeIf(String::isEmpty);
        return rows;
    }

    private static String cells(NodeList children) {
        List<String> cells = new ArrayList<>();
        for (int i = 0; i < children.getLength(); i++) {
            if (children.item(i).getNodeName().equals("td")) {
                cells.add(children.item(i).getTextContent());
            }
        }
        return String.join(" | ", cells).strip();
    }

    private static Report report(String name, List<String> classes) {
        Comparison comparison = new Comparison(0.0101, 0.002, 0.0182, 1);
        return new Report(
                Report.VERSION,
                name,
                "20260101-000000",
                "2026-01-01T00:00:00Z",
                new DatasetSection("a", "b", 60_000, 10_000, List.of(1, 28, 28), classes),
                new TeacherSection("w1-teacher", "f", 0.9412, 288_170, 1_000, 2_000, TEACHER),
                List.of(new StudentSection(
                        "tiny",
                        1,
                        List.of(new StageSection("distill", STUDENT)),
                        BASELINE,
                        0.0101,
                        new ExportSection(
                                "student-tiny-seed1.onnx",
                                new ParitySection(1.2e-6, 1.0, 1024),
                                List.of("no <zip>: reason")))),
                List.of(new SummarySection(
                        "tiny",
                        Spread.of(List.of(0.91)),
                        Spread.of(List.of(0.8999)),
                        comparison,
                        comparison.verdict().toString(),
                        31.9)),
                new TreeMap<>(Map.of("label", 1234.5, "shard train", 2.0)),
                Map.of("label", 4000.0),
                new CacheSection(30, 30, 0),
                Map.of("spark", "3.5.9"),
                List.of());
    }

    private static Figures figures(double accuracy, double agreement, long parameters) {
        return new Figures(
                accuracy,
                agreement,
                parameters,
                1_000,
                2_000,
                new LatencySection(0.25, 0.5, 12_345.6),
                Map.of("accuracy", accuracy, "agreement", agreement, "expected-calibration-error", 0.0123),
                List.of(List.of(90L, 10L), List.of(0L, 0L)));
    }
}
