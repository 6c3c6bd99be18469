package io.retort.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.retort.report.StudentSection.CompactSection;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
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
                        "teacher | 94.12 % | 90.00 % | 100.00 % | 0.0123",
                        "tiny, seed 1, distill | 91.00 % | 90.00 % | 93.00 % | 0.0123",
                        "tiny, seed 1, baseline | 89.99 % | 90.00 % | 92.50 % | 0.0123");
        assertThat(rows(page, "What every network takes"))
                .containsExactly(
                        "teacher | 288,170 | 1,000 | 2,000 | 0.250 | 0.500 | 12,346",
                        "tiny, seed 1, distill | 9,034 | 1,000 | 2,000 | 0.250 | 0.500 | 12,346",
                        "tiny, seed 1, baseline | 9,034 | 1,000 | 2,000 | 0.250 | 0.500 | 12,346");
        assertThat(rows(page, "Students beside their baselines"))
                .containsExactly(
                        "tiny | 1 | 91.00 % | 90.00 % | 93.00 % | 89.99 % | +1.01 [+0.20, +1.82] | gain | 31.9");
        assertThat(rows(page, "Exported students"))
                .containsExactly("student-tiny-seed1.onnx | 1.2E-6 | 100.00 % | 1,024", "no <zip>: reason");
        assertThat(rows(page, "Time")).containsExactly("label | 20 min 35 s | 4,000", "shard train | 2.00 s |");
    }

    @Test
    void showsCompactFiles() throws Exception {
        String without = HtmlReport.of(SampleReport.of("compact", List.of("boot", "bag")));
        assertThat(without).doesNotContain("<h2>Compact files</h2>");
        String page = HtmlReport.of(SampleReport.of(
                "compact",
                List.of("boot", "bag"),
                List.of(new CompactSection("float16-huffman", 9_000, 18_000, 20_000, 4.015))));
        assertThat(rows(page, "Compact files"))
                .containsExactly("tiny, seed 1, 1 distill | float16-huffman | 9,000 | 18,000 | 20,000 | 4.0");
        assertThat(rows(page, "Exported students")).contains("tiny-float16-huffman |  | 99.90 % | 1,024");
    }

    @Test
    void showsEachStageBesideTheOthers() throws Exception {
        String prune = "2 prune-channels | kept | 90.00 % | 1.00 | -1.00 | +0.01 | -4.12 | 92.00 %";
        String quantize = "3 quantize | rolled back | 88.00 % | 2.00 | -3.00 | -1.99 | -6.12 | 91.00 %";
        String pruneTakes = "2 prune-channels | 5,000 | 1,000 | 0.00 % | 2,000 | 1,000 | 0.250 | 0.50 | 12,346 | 1.50";
        String quantizeTakes = "3 quantize | 5,000 | 1,000 | 40.00 % | 2,000 | 1,000 | 0.250 | 0.50 | 12,346 | 1.50";
        assertThat(rows(HtmlReport.of(SampleReport.compressed()), "Compression, stage by stage"))
                .containsExactly(
                        "thin, seed 1, " + prune,
                        "thin, seed 2, " + prune,
                        "small, seed 1, " + prune,
                        "small, seed 1, " + quantize,
                        "small, seed 2, " + prune,
                        "thin, seed 1, " + pruneTakes,
                        "thin, seed 2, " + pruneTakes,
                        "small, seed 1, " + pruneTakes,
                        "small, seed 1, " + quantizeTakes,
                        "small, seed 2, " + pruneTakes);
    }

    /** The teacher's three epochs; two seeds and their baselines; two fine-tunings of a seed, and one of the other. */
    @Test
    void drawsEachTraining() throws Exception {
        Document page = document(HtmlReport.of(SampleReport.compressed()));
        List<Integer> points = new ArrayList<>();
        NodeList lines = page.getElementsByTagName("polyline");
        for (int i = 0; i < lines.getLength(); i++) {
            points.add(lines.item(i)
                    .getAttributes()
                    .getNamedItem("points")
                    .getTextContent()
                    .split(" ")
                    .length);
        }
        // teacher; thin: 2 seeds, 2 baselines, 2 fine-tunings; small: 2 seeds, 2 baselines, 3 fine-tunings
        assertThat(points).containsExactly(3, 3, 3, 3, 3, 2, 2, 3, 3, 3, 3, 2, 2, 2);
        assertThat(texts(page, "figcaption"))
                .containsExactly(
                        "accuracy by bytes of the ONNX file",
                        "accuracy by multiply-accumulates",
                        "accuracy by milliseconds for one row",
                        "Teacher",
                        "Student thin and its baseline, 2 seeds",
                        "Fine-tunings of thin",
                        "Student small and its baseline, 2 seeds",
                        "Fine-tunings of small");
        assertThat(texts(page, "text")).contains("mean loss, nats", "epoch", "2 prune-channels", "3 quantize", "0.38");
        assertThat(texts(page, "p"))
                .contains("■ student: 0.5 cross-entropy + 0.5 soft-target■ baseline: cross-entropy");
        assertThat(page.getElementsByTagName("script").getLength()).isZero();
    }

    @Test
    void aReportOfVersion1IsShownWithoutCurvesAndRecipe() throws Exception {
        Report whole = SampleReport.of("old", List.of("boot", "bag"));
        Report.TeacherSection teacher = whole.teacher();
        Report old = new Report(
                1,
                whole.name(),
                whole.run(),
                whole.started(),
                new Report.DatasetSection(
                        "a",
                        "b",
                        10,
                        null,
                        5,
                        Optional.empty(),
                        null,
                        List.of(4),
                        List.of("boot", "bag"),
                        null,
                        null,
                        null),
                new Report.TeacherSection(teacher.title(), teacher.fingerprint(), teacher.figures(), null, null, null),
                List.of(),
                List.of(),
                whole.timings(),
                whole.throughput(),
                whole.slots(),
                whole.cache(),
                whole.environment(),
                null,
                null,
                null,
                null);
        Document page = document(HtmlReport.of(old));
        assertThat(page.getElementsByTagName("svg").getLength()).isZero();
        assertThat(texts(page, "h2")).doesNotContain("Training", "Recipe");
        assertThat(texts(page, "th")).contains("rows/s").doesNotContain("images/s", "samples/s");
    }

    @Test
    void confusionHasMarginsOfEachSeedAndTheMean() throws Exception {
        Document page = document(HtmlReport.of(SampleReport.compressed()));
        assertThat(texts(page, "h4"))
                .containsExactly(
                        "the teacher",
                        "thin, mean of 2 seeds",
                        "thin, seed 1",
                        "thin, seed 2",
                        "thin's baseline, mean of 2 seeds",
                        "thin's baseline, seed 1",
                        "thin's baseline, seed 2",
                        "small, mean of 2 seeds",
                        "small, seed 1",
                        "small, seed 2",
                        "small's baseline, mean of 2 seeds",
                        "small's baseline, seed 1",
                        "small's baseline, seed 2");
        // boots: 90 found of 100, 10 taken for bags; no bag
        assertThat(rows(HtmlReport.of(SampleReport.compressed()), "Where the errors are")
                        .subList(0, 8))
                .containsExactly(
                        "90 | 10 | 90.00 | 100",
                        "0 | 0 | – | 0",
                        "100.00 | 0.00 | 90.00 |",
                        "90 | 10 |  |",
                        "90.0 | 10.0 | 90.00 | 100",
                        "0.0 | 0.0 | – | 0",
                        "100.00 | 0.00 | 90.00 |",
                        "90.0 | 10.0 |  |");
    }

    @Test
    void manyClassesHavePairsInsteadOfAMatrix() throws Exception {
        List<String> classes =
                IntStream.range(0, 21).mapToObj(i -> "class " + i).toList();
        List<List<Long>> matrix = classes.stream()
                .map(truth -> classes.stream()
                        .map(other ->
                                other.equals(truth) ? 7L : truth.equals("class 3") && other.equals("class 5") ? 3L : 0L)
                        .toList())
                .toList();
        String page = HtmlReport.of(SampleReport.confused("many", classes, matrix));
        assertThat(document(page).getElementsByTagName("table").getLength()).isPositive();
        assertThat(page).doesNotContain("<table class=\"confusion");
        assertThat(rows(page, "Where the errors are"))
                .startsWith("class 3 | class 5 | 3 | 30.00 %", "class 0 | 7 | 100.00 % | 100.00 %")
                .contains("class 3 | 10 | 70.00 % | 100.00 %", "class 5 | 7 | 100.00 % | 70.00 %");
    }

    @Test
    void showsChallengerChampionAndTeacherSideBySide() throws Exception {
        String page = HtmlReport.of(SampleReport.challenge());
        assertThat(rows(page, "Challenge for pictures"))
                .startsWith(
                        "accuracy | 0.91 | at least | 0.8 | passed | floor",
                        "challenger | 91.00 % | 90.00 % | 93.00 % | 0.0123 | 2,000 | 0.250",
                        "champion 3 | 89.99 % | 90.00 % | 92.50 % | 0.0123 | 2,000 | 0.250",
                        "teacher | 94.12 % | 90.00 % | 100.00 % | 0.0123 | 2,000 | 0.250",
                        "boot | 100 | 90.00 % | 100.00 % | 90.00 % | 100.00 % | 90.00 % | 100.00 %");
        assertThat(texts(document(page), "h4")).startsWith("challenger", "champion 3", "teacher");
        assertThat(texts(document(page), "figcaption")).contains("Challenger");
        assertThat(rows(page, "Every network"))
                .contains(
                        "challenger | 91.00 % | 90.00 % | 93.00 % | 0.0123",
                        "champion 3 | 89.99 % | 90.00 % | 92.50 % | 0.0123");
    }

    @Test
    void aReportOfNumbersHasNothingOfClasses() throws Exception {
        Document page = document(HtmlReport.of(SampleReport.confused("numbers", List.of("price"), List.of())));
        assertThat(texts(page, "h2"))
                .contains("Every network")
                .doesNotContain("Class by class", "Where the errors are", "Reliability");
        assertThat(texts(page, "th")).contains("agreement").doesNotContain("balanced");
    }

    @Test
    void showsTheRecipeAndTimesInWords() throws Exception {
        String page = HtmlReport.of(SampleReport.of("<i>recipe", List.of("boot", "bag")));
        assertThat(texts(document(page), "pre")).containsExactly("{\n  \"name\" : \"<i>recipe\"\n}");
        assertThat(page).contains("started 2026-01-01 00:00:00 UTC").doesNotContain(".123456789");
    }

    @Test
    void showsEachClassBesideTheTeachersAndWhatLayersTake() throws Exception {
        String page = HtmlReport.of(SampleReport.ofEverything());
        // F1 of T-shirts: 2 · 940 / (940 + 98 + 940 + 70) of the teacher, 2 · 910 / (910 + 98 + 910 + 70) of the
        // student
        assertThat(rows(page, "Class by class"))
                .hasSize(8)
                .startsWith("T-shirt | 1,038 | 91.80 | 91.55 ± 0.00 | -0.25");
        assertThat(rows(page, "Layer by layer"))
                .containsExactly(
                        "conv1 | 16 × 28 × 28 | 144 | 112,896 | 98.88 % | 0.0061",
                        "dense | 8 | 1,288 | 1,280 | 1.12 % |");
        assertThat(rows(page, "Where student and teacher disagree"))
                .containsExactly(
                        "| -8123456789012345678 | pullover | coat | 99.00 % | pullover | 98.00 % |",
                        "| 17 | – | T-shirt | 91.00 % | shirt | 90.00 % | a <b>text</b>");
        assertThat(texts(document(page), "title")).contains("200 answers: mean confidence 0.700, 0.800 of them right");
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
                whole.slots(),
                whole.cache(),
                whole.environment(),
                whole.peakMemory(),
                List.of(),
                List.of(),
                whole.recipe());
        assertThat(rows(HtmlReport.of(alone), "Every network")).hasSize(1);
    }

    @Test
    void showsTheNetworksOfATeacherThatHasSeveral() throws Exception {
        Report whole = SampleReport.of("ensemble", List.of("a", "b"));
        Figures figures = whole.teacher().figures();
        Report.TeacherSection teacher = new Report.TeacherSection(
                "ensemble of 2",
                "f",
                figures,
                List.of(
                        new Report.PartSection("teacher member 1", figures, List.of()),
                        new Report.PartSection("teacher member 2", figures, List.of())),
                List.of(),
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
                whole.slots(),
                whole.cache(),
                whole.environment(),
                whole.peakMemory(),
                List.of(),
                List.of(),
                whole.recipe());
        assertThat(rows(HtmlReport.of(report), "Every network"))
                .hasSize(3)
                .last()
                .asString()
                .startsWith("teacher member 2 | 94.12 % | ");
    }

    /**
     * The rows below the header of the first table after a heading, cells joined. Fails where the page is not
     * well-formed.
     */
    private static List<String> rows(String page, String heading) throws Exception {
        NodeList all = document(page).getElementsByTagName("*");
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

    private static Document document(String page) throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setFeature("http://apache.org/xml/features/nonvalidating/load-external-dtd", false);
        return factory.newDocumentBuilder().parse(new InputSource(new StringReader(page)));
    }

    private static List<String> texts(Document page, String tag) {
        NodeList found = page.getElementsByTagName(tag);
        return IntStream.range(0, found.getLength())
                .mapToObj(i -> found.item(i).getTextContent())
                .toList();
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
