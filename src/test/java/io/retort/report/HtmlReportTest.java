package io.retort.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

class HtmlReportTest {
    @Test
    void showsEveryNetworkAndTheVerdict() throws Exception {
        String page = HtmlReport.of(SampleReport.of("quickstart", List.of("boot", "bag")));
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
    void showsCompactFiles() throws Exception {
        String without = HtmlReport.of(SampleReport.of("compact", List.of("boot", "bag")));
        assertThat(without).doesNotContain("<h2>Compact files</h2>");
        String page = HtmlReport.of(SampleReport.of(
                "compact",
                List.of("boot", "bag"),
                List.of(new Report.CompactSection("float16-huffman", 9_000, 18_000, 20_000, 4.015))));
        assertThat(rows(page, "Compact files"))
                .containsExactly("tiny, seed 1, 1 distill | float16-huffman | 9,000 | 18,000 | 20,000 | 4.0");
        assertThat(rows(page, "Exported students")).contains("tiny-float16-huffman |  | 99.90 % | 1,024");
    }

    @Test
    void showsEachStageBesideTheOthers() throws Exception {
        String prune =
                "2 prune-channels | kept | 90.00 % | 1.00 | -1.00 | +0.01 | -4.12 | 92.00 % | 5,000 | 1,000 | 0.00 %"
                        + " | 2,000 | 1,000 | 0.250 | 0.50 | 12,346 | 1.50";
        String quantize = "3 quantize | rolled back | 88.00 % | 2.00 | -3.00 | -1.99 | -6.12 | 91.00 % | 5,000 | 1,000"
                + " | 40.00 % | 2,000 | 1,000 | 0.250 | 0.50 | 12,346 | 1.50";
        assertThat(rows(HtmlReport.of(SampleReport.compressed()), "Compression, stage by stage"))
                .containsExactly(
                        "thin, seed 1, " + prune,
                        "thin, seed 2, " + prune,
                        "small, seed 1, " + prune,
                        "small, seed 1, " + quantize,
                        "small, seed 2, " + prune);
    }

    @Test
    void escapesWhatComesFromARecipe() {
        String page =
                HtmlReport.of(SampleReport.of("<script>alert(1)</script>", List.of("<img src=x>", "\" onload=\"x")));
        assertThat(page).doesNotContain("<script", "<img", "\" onload=\"x");
        assertThat(page).contains("&lt;script&gt;alert(1)&lt;/script&gt;");
    }

    @Test
    void listsItsWarningsAndHasNoSuchHeadingWithoutAny() {
        Report report = SampleReport.of("warned", List.of("a", "b"));
        assertThat(HtmlReport.of(report)).doesNotContain("Warnings");
        assertThat(HtmlReport.of(report.with(List.of("class <b> has no row"))))
                .contains("<h2>Warnings</h2>", "<li>class &lt;b&gt; has no row</li>");
    }

    @Test
    void showsATeacherWithoutStudents() throws Exception {
        Report whole = SampleReport.of("alone", List.of("a", "b"));
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
                List.of(),
                List.of(),
                whole.recipe());
        assertThat(rows(HtmlReport.of(alone), "Every network")).hasSize(1);
    }

    @Test
    void showsTheNetworksOfATeacherThatHasSeveral() throws Exception {
        Report whole = SampleReport.of("ensemble", List.of("a", "b"));
        Report.Figures figures = whole.teacher().figures();
        Report.TeacherSection teacher = new Report.TeacherSection(
                "ensemble of 2",
                "f",
                figures.accuracy(),
                figures.parameters(),
                figures.macs(),
                figures.bytes(),
                figures,
                List.of(
                        new Report.PartSection("teacher member 1", figures, List.of()),
                        new Report.PartSection("teacher member 2", figures, List.of())),
                List.of());
        Report report = new Report(
                Report.VERSION,
                whole.name(),
                whole.run(),
                whole.started(),
                whole.dataset(),
                teacher,
                List.of(),
                List.of(),
                whole.timings(),
                whole.throughput(),
                whole.cache(),
                whole.environment(),
                List.of(),
                List.of(),
                whole.recipe());
        assertThat(rows(HtmlReport.of(report), "Every network"))
                .hasSize(3)
                .last()
                .asString()
                .startsWith("teacher member 2 | 288,170 | ");
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
}
