package io.retort.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.retort.report.HtmlReport.ChartPage;
import io.retort.storage.Json;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a headless Chromium makes of pages; skipped where the path has none. The pages forbid by their own policy
 * whatever is not in the file, and what a policy forbids is an error on the console.
 */
class ReportInBrowserTest {
    /** Measures the page in which it stands, and gives JSON to the one that shows it. */
    private static final String MEASURING = """
            <script>
            const found = {sections: [], pictures: [], outside: [], overlapping: [], unreachable: [], broken: [], pale: [], tooWide: []};
            const page = document.scrollingElement;
            if (page.scrollWidth > page.clientWidth) {
                found.tooWide.push(page.scrollWidth + ' pixels');
            }
            document.querySelectorAll('h2').forEach(heading => found.sections.push(heading.textContent));
            document.querySelectorAll('svg').forEach(svg => {
                const name = svg.getAttribute('aria-label');
                found.pictures.push(name);
                const whole = svg.getBoundingClientRect();
                const texts = [...svg.querySelectorAll('text')].map(text => [text.textContent, text.getBoundingClientRect()]);
                texts.forEach(([text, box]) => {
                    if (box.left < whole.left - 1 || box.right > whole.right + 1 || box.top < whole.top - 1 || box.bottom > whole.bottom + 1) {
                        found.outside.push(name + ': ' + text);
                    }
                });
                texts.forEach(([text, box], i) => texts.slice(i + 1).forEach(([other, its]) => {
                    const across = Math.min(box.right, its.right) - Math.max(box.left, its.left);
                    const up = Math.min(box.bottom, its.bottom) - Math.max(box.top, its.top);
                    if (across > 1 && up > 4) {
                        found.overlapping.push(name + ': ' + text + ' and ' + other);
                    }
                }));
            });
            document.querySelectorAll('summary, a').forEach(element => {
                element.focus();
                if (document.activeElement !== element) {
                    found.unreachable.push(element.textContent);
                }
            });
            document.querySelectorAll('img').forEach(image => {
                if (!image.complete || image.naturalWidth === 0 || !image.alt) {
                    found.broken.push(image.outerHTML);
                }
            });
            const brightness = colour => {
                const parts = colour.match(/[\\d.]+/g).slice(0, 3).map(part => part / 255)
                    .map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
                return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
            };
            const paper = brightness(getComputedStyle(document.body).backgroundColor);
            document.querySelectorAll('h1, h2, h3, td, th, p, span, summary, a, text').forEach(element => {
                const style = getComputedStyle(element);
                const ink = brightness(element.tagName === 'text' ? style.fill : style.color);
                const contrast = (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
                if (contrast < 4.5) {
                    found.pale.push(element.textContent + ' ' + contrast.toFixed(1));
                }
            });
            parent.postMessage([location.href.match(/[^/]*$/)[0], JSON.stringify(found)], '*');
            </script>
            """;

    /** Shows pages side by side, and writes down what they have measured. */
    private static final String SHOWING = """
            <!DOCTYPE html>
            <script>
            addEventListener('message', event => {
                const result = document.createElement('pre');
                result.id = event.data[0];
                result.textContent = event.data[1];
                document.body.append(result);
            });
            </script>
            <body>%s</body>
            """;

    private static final Pattern MEASURED = Pattern.compile("<pre id=\"(.*?)\">(.*?)</pre>", Pattern.DOTALL);

    /** Pixels of 1/96 inch across: A4 without its margins, and a small screen. */
    private static final int PAPER = 718;

    private static final int SCREEN = 1_200;

    @TempDir
    static Path profile;

    @TempDir
    Path folder;

    @BeforeEach
    void needsChromium() {
        boolean isThere = Arrays.stream(System.getenv("PATH").split(File.pathSeparator, -1))
                .anyMatch(place -> Files.isExecutable(Path.of(place, "chromium")));
        assumeTrue(isThere, "no chromium on the path");
    }

    private record Seen(String dom, List<String> console) {}

    @Test
    void opensFromAFileWithoutAWordOnTheConsole() throws Exception {
        Seen seen = opened(written("report.html", HtmlReport.of(SampleReport.ofEverything())));
        assertThat(seen.dom()).contains("<h2>Where it ran</h2>");
        assertThat(seen.console()).isEmpty();
    }

    @Test
    void whatItsPolicyForbidsIsOnTheConsole() throws Exception {
        String page = HtmlReport.of(SampleReport.ofEverything())
                .replace("</body>", "<img src=\"other.png\" alt=\"\"/><script src=\"x.js\"></script></body>");
        assertThat(opened(written("report.html", page)).console())
                .hasSize(2)
                .allMatch(line -> line.contains("Content Security Policy"));
    }

    /** At a width of 1,200 pixels, or on paper, nothing is behind a scroll bar. */
    @Test
    void everySectionAndPictureIsThereToBeRead() throws Exception {
        String report = HtmlReport.of(SampleReport.ofEverything());
        Map<String, JsonNode> found = measured(Map.of(
                "light.html", report,
                "dark.html", report.replace("@media screen and (prefers-color-scheme: dark)", "@media all"),
                "print.html", report.replace("@media print", "@media all"),
                "charts.html", HtmlReport.of(charts())));
        assertThat(found.keySet()).containsExactlyInAnyOrder("light.html", "dark.html", "print.html", "charts.html");
        assertThat(texts(found.get("light.html"), "sections"))
                .containsExactly(
                        "Students beside their baselines",
                        "Quality by cost",
                        "Training",
                        "Every network",
                        "What every network takes",
                        "Compression, stage by stage",
                        "Layer by layer",
                        "Reliability",
                        "Residuals",
                        "Calibration",
                        "Exported students",
                        "Class by class",
                        "Where the errors are",
                        "Where student and teacher disagree",
                        "Time",
                        "Where it ran",
                        "Recipe");
        assertThat(texts(found.get("light.html"), "pictures"))
                .containsExactly(
                        "accuracy by bytes of the ONNX file; the list below has the figures",
                        "accuracy by multiply-accumulates; the list below has the figures",
                        "accuracy by milliseconds for one row; the list below has the figures",
                        "Teacher, mean loss, nats by epoch",
                        "Student tiny and its baseline, 2 seeds, mean loss, nats by epoch",
                        "Fine-tunings of tiny, mean loss, nats by epoch",
                        "tiny, 2 seeds: share that is right by mean confidence of a bin",
                        "tiny, seed 1: price: predicted less label by label");
        assertThat(texts(found.get("charts.html"), "sections")).containsExactly("Front", "Recipe");
        assertThat(texts(found.get("charts.html"), "pictures"))
                .containsExactly("accuracy by parameters; the list below has the figures");
        List<String> faults = new ArrayList<>();
        found.forEach((page, measured) -> {
            for (String fault : List.of("tooWide", "outside", "overlapping", "unreachable", "broken", "pale")) {
                texts(measured, fault).forEach(text -> faults.add(page + " " + fault + ": " + text));
            }
        });
        assertThat(faults).isEmpty();
    }

    private static ChartPage charts() {
        CostChart chart = new CostChart(
                "parameters",
                "accuracy",
                List.of(
                        new CostChart.Network("student", "c1", 1_000, 0.8),
                        new CostChart.Network("student", "c2", 9_000, 0.9)),
                List.of(new CostChart.Cloud(
                        "baseline", "random search", List.of(new CostChart.Network("baseline", "c3", 3_000, 0.7)))));
        return new ChartPage(
                "search",
                List.of("two of three"),
                List.of(chart),
                List.of(new ChartPage.Table("Front", List.of("candidate"), List.of(List.of("c1"), List.of("c2")))),
                "{}");
    }

    private static List<String> texts(JsonNode found, String name) {
        List<String> texts = new ArrayList<>();
        found.get(name).forEach(text -> texts.add(text.textValue()));
        return texts;
    }

    /** Of pages by name. */
    private Map<String, JsonNode> measured(Map<String, String> pages) throws Exception {
        StringBuilder frames = new StringBuilder();
        for (Map.Entry<String, String> page : pages.entrySet()) {
            String html = page.getValue()
                    .replaceFirst("<meta http-equiv=\"Content-Security-Policy\"[^>]*>", "")
                    .replace("</body>", MEASURING + "</body>");
            written(page.getKey(), html);
            frames.append(String.format(
                    "<iframe width='%d' height='6000' src='%s'></iframe>",
                    page.getKey().startsWith("print") ? PAPER : SCREEN, page.getKey()));
        }
        Seen seen = opened(written("all.html", SHOWING.formatted(frames)));
        assertThat(seen.console()).isEmpty();
        Map<String, JsonNode> found = new TreeMap<>();
        Matcher matcher = MEASURED.matcher(seen.dom());
        while (matcher.find()) {
            String json =
                    matcher.group(2).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
            found.put(matcher.group(1), Json.parse(json, JsonNode.class));
        }
        return found;
    }

    private Path written(String name, String html) throws IOException {
        return Files.writeString(folder.resolve(name), html);
    }

    private Seen opened(Path page) throws IOException, InterruptedException {
        Path dom = folder.resolve("dom");
        Path log = folder.resolve("log");
        Process chromium = new ProcessBuilder(
                        "chromium",
                        "--headless",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--disable-quic",
                        "--no-first-run",
                        "--disable-background-networking",
                        "--disable-component-update",
                        "--disable-sync",
                        "--disable-dev-shm-usage",
                        "--blink-settings=preferredColorScheme=1",
                        "--virtual-time-budget=2000",
                        "--window-size=1400,4000",
                        "--enable-logging=stderr",
                        "--user-data-dir=" + profile,
                        "--dump-dom",
                        page.toUri().toString())
                .redirectOutput(dom.toFile())
                .redirectError(log.toFile())
                .start();
        assertThat(chromium.waitFor(1, TimeUnit.MINUTES)).isTrue();
        return new Seen(
                Files.readString(dom),
                Files.readAllLines(log, StandardCharsets.ISO_8859_1).stream()
                        .filter(line -> line.contains("CONSOLE"))
                        .toList());
    }
}
