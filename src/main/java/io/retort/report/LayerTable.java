package io.retort.report;

import io.retort.compress.Compressed.LayerChange;
import io.retort.report.StudentSection.CompressionSection;
import io.retort.report.StudentSection.LayerSection;
import io.retort.report.StudentSection.StageSection;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/**
 * What each layer of an exported student takes, and what compression has changed in it.
 *
 * @param stages those that give errors
 */
public record LayerTable(String title, List<String> stages, List<Row> rows) {
    /**
     * A layer.
     *
     * @param share its part of the network's multiply-accumulates, from 0 to 1
     * @param errors by stage, the Frobenius norm of the change of the weights relative to that of the weights; empty
     *     where the stage left it alone
     */
    public record Row(String layer, String output, long parameters, long macs, double share, List<String> errors) {}

    /** Of the first seed of each student; none in reports that have no layers. */
    static List<LayerTable> of(Report report) {
        return report.students().stream()
                .map(StudentSection::name)
                .distinct()
                .map(name -> report.seeds(name).get(0))
                .filter(student -> !student.layers().isEmpty())
                .map(LayerTable::of)
                .toList();
    }

    private static LayerTable of(StudentSection student) {
        List<String> names = new ArrayList<>();
        List<List<LayerChange>> changes = new ArrayList<>();
        for (int i = 0; i < student.stages().size(); i++) {
            StageSection stage = student.stages().get(i);
            List<LayerChange> found = stage.compression().stream()
                    .map(CompressionSection::layers)
                    .flatMap(List::stream)
                    .filter(change -> change.error().isPresent())
                    .toList();
            if (stage.stayed() && !found.isEmpty()) {
                names.add((i + 1) + " " + stage.kind());
                changes.add(found);
            }
        }
        long macs = student.layers().stream().mapToLong(LayerSection::macs).sum();
        return new LayerTable(
                student.name() + ", seed " + student.seed(),
                names,
                student.layers().stream()
                        .map(layer -> new Row(
                                layer.layer(),
                                String.join(
                                        " × ",
                                        layer.output().sizes().stream()
                                                .map(Amounts::count)
                                                .toList()),
                                layer.parameters(),
                                layer.macs(),
                                macs == 0 ? 0 : (double) layer.macs() / macs,
                                changes.stream()
                                        .map(stage -> error(stage, layer.layer()))
                                        .toList()))
                        .toList());
    }

    private static String error(List<LayerChange> stage, String layer) {
        return stage.stream()
                .filter(change -> change.layer().equals(layer))
                .map(LayerChange::error)
                .filter(OptionalDouble::isPresent)
                .map(error -> String.format(Locale.ROOT, "%.4f", error.getAsDouble()))
                .findFirst()
                .orElse("");
    }
}
