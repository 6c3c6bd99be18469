package io.retort.report;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * How each class fares with the teacher and with each student.
 *
 * @param students their titles
 */
public record ClassComparison(List<String> students, List<Row> rows) {
    /**
     * A class.
     *
     * @param held how many held-out rows are of it
     * @param teacher its F1 in percent
     * @param students likewise, in their order
     */
    public record Row(String name, long held, String teacher, List<Beside> students) {}

    /**
     * A student's.
     *
     * @param toTeacher the F1 less the teacher's, in points
     */
    public record Beside(String f1, String toTeacher) {}

    /** Nothing where there are no classes or no students. */
    static Optional<ClassComparison> of(Report report) {
        List<OverSeeds.OfClass> teacher =
                OverSeeds.alone(report.teacher().figures()).classes();
        if (teacher.isEmpty() || report.students().isEmpty()) {
            return Optional.empty();
        }
        List<String> names =
                report.students().stream().map(StudentSection::name).distinct().toList();
        List<List<OverSeeds.OfClass>> students =
                names.stream().map(name -> report.overSeeds(name).classes()).toList();
        return Optional.of(new ClassComparison(
                names,
                IntStream.range(0, teacher.size())
                        .mapToObj(c -> new Row(
                                report.dataset().classes().get(c),
                                teacher.get(c).rows(),
                                teacher.get(c).f1(),
                                students.stream()
                                        .map(classes -> new Beside(
                                                classes.get(c).f1(),
                                                classes.get(c).f1Beside(teacher.get(c))))
                                        .toList()))
                        .toList()));
    }
}
