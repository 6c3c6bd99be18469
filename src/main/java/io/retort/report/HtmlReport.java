package io.retort.report;

import freemarker.core.HTMLOutputFormat;
import freemarker.template.Configuration;
import freemarker.template.TemplateException;
import freemarker.template.TemplateExceptionHandler;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A report as one HTML page without scripts and other files. Everything in it is escaped. */
public final class HtmlReport {
    private static final Configuration TEMPLATES = templates();

    private HtmlReport() {}

    public static String of(Report report) {
        return filled("report.ftlh", Map.of("report", report, "page", new ReportPage(report)));
    }

    public static String of(ChartPage page) {
        return filled("charts.ftlh", Map.of("page", page));
    }

    private static String filled(String template, Map<String, Object> model) {
        StringWriter page = new StringWriter();
        try {
            TEMPLATES.getTemplate(template).process(model, page);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the template " + template, e);
        } catch (TemplateException e) {
            throw new IllegalStateException(
                    "the template " + template + " does not fit the report: " + e.getMessage(), e);
        }
        return page.toString();
    }

    private static Configuration templates() {
        Configuration configuration = new Configuration(Configuration.VERSION_2_3_34);
        configuration.setClassForTemplateLoading(HtmlReport.class, "");
        configuration.setDefaultEncoding(StandardCharsets.UTF_8.name());
        configuration.setOutputFormat(HTMLOutputFormat.INSTANCE);
        configuration.setLocale(Locale.ROOT);
        configuration.setLogTemplateExceptions(false);
        configuration.setTemplateExceptionHandler(TemplateExceptionHandler.RETHROW_HANDLER);
        return configuration;
    }

    /**
     * A page of charts and tables.
     *
     * @param notes below the title, a paragraph each
     * @param recipe pretty
     */
    public record ChartPage(
            String title, List<String> notes, List<CostChart> charts, List<Table> tables, String recipe) {
        /**
         * A table.
         *
         * @param rows with a cell for each heading
         */
        public record Table(String title, List<String> headings, List<List<String>> rows) {}
    }
}
