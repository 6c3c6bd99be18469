package io.retort.data.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.retort.data.ClassNames;
import io.retort.data.DataType;
import io.retort.data.Schema;
import io.retort.network.Shape;
import io.retort.storage.Storage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is seen of a source without Spark. */
class FirstLookTest {
    private static final Storage STORAGE = Storage.of(new Configuration());

    @TempDir
    private Path directory;

    @Test
    void aGoodSource() throws IOException {
        write("a.csv", "x,y\n1,0\n2,1\n");
        FirstLook look = look(2);
        assertThat(look.problems()).isEmpty();
        assertThat(look.schema()).map(Schema::shape).contains(Shape.vector(1));
        assertThat(look.files()).isEqualTo(1);
    }

    @Test
    void everyFileIsOpenedAndEachThatIsWrongIsNamed() throws IOException {
        write("a.csv", "x,y\n1,0\n");
        write("b.csv", "z,y\n1,0\n");
        write("c.csv", "x,label\n1,0\n");
        assertThat(look(2).problems())
                .extracting(problem -> problem.message().replace(directory.toString(), "DIR"))
                .hasSize(2)
                .anyMatch(message -> message.startsWith("file:DIR/b.csv has no column x"))
                .anyMatch(message -> message.startsWith("file:DIR/c.csv has no column y for the label"));
    }

    @Test
    void rowsBeyondTheFirstThousandAreLeftToTheRun() throws IOException {
        write("a.csv", "x,y\n" + "1,0\n".repeat(1000) + "wrong,0\n");
        assertThat(look(2).problems()).isEmpty();
        write("a.csv", "x,y\n" + "1,0\n".repeat(999) + "wrong,0\n");
        assertThat(look(2).problems())
                .extracting(FirstLook.Problem::message)
                .singleElement()
                .asString()
                .contains("a.csv:1001 column x: must be a finite number, was \"wrong\"");
    }

    @Test
    void rowsThatTheLimitLeavesOutAreNotLookedAt() throws IOException {
        write("a.csv", "x,y\n1,0\n2,1\nwrong,yes\n");
        write("b.csv", "z,y\n1,0\n");
        assertThat(look(2, Optional.of(2L)).problems()).isEmpty();
        assertThat(look(2, Optional.of(2L)).opened()).isEqualTo(2);
        assertThat(look(2, Optional.of(3L)).problems()).hasSize(1);
        assertThat(look(2, Optional.empty()).problems()).hasSize(2);
    }

    @Test
    void aSourceWithoutRows() throws IOException {
        write("a.csv", "x,y\n");
        assertThat(look(2).problems())
                .extracting(FirstLook.Problem::message)
                .singleElement()
                .asString()
                .endsWith("a.csv is empty");
    }

    @Test
    void onlySoManyFilesAreOpened() throws IOException {
        for (int i = 0; i < 203; i++) {
            write("part-%03d.csv".formatted(i), i < 202 ? "x,y\n1,0\n" : "z,y\n1,0\n");
        }
        FirstLook look = look(2);
        assertThat(look.problems()).isEmpty();
        assertThat(look.files()).isEqualTo(203);
        assertThat(look.opened()).isEqualTo(200);
    }

    @Test
    void noFileIsOpenedOnceTheTimeIsOver() throws IOException {
        write("a.csv", "x,y\nwrong,0\n");
        FirstLook look = look(2, Optional.empty(), Duration.ZERO);
        assertThat(look.problems()).isEmpty();
        assertThat(look.files()).isEqualTo(1);
        assertThat(look.opened()).isZero();
    }

    @Test
    void namesThatAreNotListedAreListed() {
        assertThat(labels(2, "yes", "no", "yes"))
                .contains("the labels of the first rows are no, yes and no class indices from 0 to 1;"
                        + " write class-names = [no, yes] instead of classes");
        assertThat(labels(3, "New York", "1st", "true"))
                .contains("the labels of the first rows are 1st, New York, true and no class indices from 0 to 2;"
                        + " write class-names = [\"1st\", \"New York\", true] instead of classes");
        assertThat(labels(4, "b", "a"))
                .contains("the labels of the first rows are a, b and no class indices from 0 to 3; write"
                        + " class-names = [a, b, ...], with the names of all 4 classes, instead of classes");
    }

    @Test
    void numbersFromOneAreNamesToo() {
        assertThat(labels(3, "1", "3", "2"))
                .contains("the labels of the first rows are 1, 2, 3 and no class indices from 0 to 2;"
                        + " write class-names = [\"1\", \"2\", \"3\"] instead of classes");
        assertThat(labels(2, "-1", "1"))
                .contains("the labels of the first rows are -1, 1 and no class indices from 0 to 1;"
                        + " write class-names = [\"-1\", \"1\"] instead of classes");
    }

    @Test
    void aColumnOfSomethingElseIsNoListOfNames() {
        String[] prices = IntStream.range(0, 50).mapToObj(i -> i + ".5").toArray(String[]::new);
        assertThat(labels(2, prices).orElseThrow())
                .startsWith("the labels of the first rows are 0.5, 1.5, 2.5")
                .endsWith(" and 20 more, which are more than classes = 2; name the column of labels in label");
    }

    @Test
    void aNameThatTheListLacks() {
        Schema schema = new Schema(Shape.vector(1), DataType.FLOAT32, List.of("no", "yes"));
        assertThat(FirstLook.labelProblem(List.of("no", "maybe", "yes"), schema))
                .contains("the labels of the first rows are maybe, no, yes, of which class-names lacks maybe;"
                        + " list the names of all classes there, or mend the labels");
        assertThat(FirstLook.labelProblem(List.of("no", "1"), schema)).isEmpty();
    }

    private static Optional<String> labels(int classes, String... labels) {
        List<String> indices = ClassNames.of(Optional.of(classes), List.of());
        return FirstLook.labelProblem(List.of(labels), new Schema(Shape.vector(1), DataType.FLOAT32, indices));
    }

    private void write(String name, String content) throws IOException {
        Files.writeString(directory.resolve(name), content);
    }

    private FirstLook look(int classes) {
        return look(classes, Optional.empty());
    }

    private FirstLook look(int classes, Optional<Long> limit) {
        return look(classes, limit, Duration.ofDays(1)); // however busy the machine is
    }

    private FirstLook look(int classes, Optional<Long> limit, Duration most) {
        CsvSettings settings = new CsvSettings(
                List.of(directory.toString()),
                Optional.of("y"),
                Optional.empty(),
                List.of(),
                List.of(),
                List.of(),
                ",",
                DataType.FLOAT32,
                Optional.of(classes),
                List.of(),
                limit,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
        return FirstLook.at(STORAGE, settings.reader(), settings.files(), limit, most);
    }
}
