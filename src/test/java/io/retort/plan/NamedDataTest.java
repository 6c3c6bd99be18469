package io.retort.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.retort.data.Column;
import io.retort.data.DataType;
import io.retort.data.Schema;
import io.retort.data.Target;
import io.retort.data.source.ReaderSettings;
import io.retort.data.source.Source;
import io.retort.network.InputScaling;
import io.retort.network.Layer;
import io.retort.network.Layer.Bias;
import io.retort.network.Network;
import io.retort.network.NetworkFiles;
import io.retort.network.Shape;
import io.retort.network.Signature;
import io.retort.network.Structure;
import io.retort.recipe.Recipe;
import io.retort.run.SmallRun;
import io.retort.spark.LocalSpark;
import io.retort.storage.Storage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Columns belong to names: whatever their order in a file, the network gets each at its place. */
class NamedDataTest {
    private static final Storage STORAGE = Storage.of(new Configuration());

    @TempDir
    private Path directory;

    private String trainKeys = "";
    private String testKeys = "";
    private String teacher = "architecture { kind = mlp, hidden = [2] }";

    @BeforeEach
    void write() throws IOException {
        train("a,b,c,label\n1,2,3,0\n");
        test("c,label,b,a\n30,1,20,10\n");
    }

    private void train(String text) throws IOException {
        Files.writeString(directory.resolve("train.csv"), text);
    }

    private void test(String text) throws IOException {
        Files.writeString(directory.resolve("test.csv"), text);
    }

    private Recipe recipe() {
        String csv = "kind = csv, label = label, classes = 2, paths = [\"" + directory;
        return SmallRun.bound("""
                name = named
                data { train { %s/train.csv"], %s }, test { %s/test.csv"], %s } }
                teacher { kind = network, %s }
                """.formatted(csv, trainKeys, csv, testKeys, teacher));
    }

    private NamedData named() {
        return NamedData.of(STORAGE, recipe());
    }

    private NamedData named(ColumnOrder order) {
        return NamedData.of(STORAGE, recipe().data(), order);
    }

    private static ColumnOrder champion(String... columns) {
        return new ColumnOrder(
                "champion 3 of 'nightly'", List.of(columns), Optional.empty(), ColumnOrder.Further.IGNORED);
    }

    /** The values of the first row. */
    private static String row(ReaderSettings settings) {
        Source source = settings.source(STORAGE);
        Schema schema = source.schema();
        float[] values = new float[schema.shape().elements()];
        schema.encode(source.first(1)).copyFeatures(0, values, 0);
        return schema.input().names() + " " + Arrays.toString(values);
    }

    private void refuses(String message) {
        assertThatThrownBy(this::named)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message.replace("DIR", "file:" + directory));
    }

    private void refuses(ColumnOrder order, String message) {
        assertThatThrownBy(() -> named(order))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @Test
    void heldOutRowsAreReadInTheOrderOfTheTrainingRows() {
        NamedData named = named();
        assertThat(row(named.settings().train())).isEqualTo("[a, b, c] [1.0, 2.0, 3.0]");
        assertThat(row(named.settings().test())).isEqualTo("[a, b, c] [10.0, 20.0, 30.0]");
        assertThat(named.lines())
                .containsExactly(
                        "columns of data.train: 3 features (a, b, c), label label, no id, none ignored",
                        "columns of data.test: they stand in another order, and are read by name");
    }

    @Test
    void theFeaturesOfTheRecipeAreThoseOfBothSourcesWhateverTheirOrder() {
        trainKeys = "features = [c, a]";
        assertThat(row(named().settings().test())).isEqualTo("[c, a] [30.0, 10.0]");
        testKeys = "features = [a, c]";
        assertThat(row(named().settings().test())).isEqualTo("[c, a] [30.0, 10.0]");
        assertThat(named().lines().get(0))
                .isEqualTo("columns of data.train: 2 features (c, a), label label, no id, ignored: b");
        testKeys = "features = [a, b]";
        refuses(
                "data.test.features must name the features of data.train in any order, or be left out; it lacks the column c");
        testKeys = "features = [a, b, c]";
        refuses("data.test.features must name the features of data.train in any order, or be left out; it has also the"
                + " column b");
    }

    /** Parts of dates are features without being named, but not all of them. */
    @Test
    void datesAreNoNamesOfFeatures() throws IOException {
        LocalSpark.session()
                .sql("SELECT 1.5D AS a, DATE'2026-12-01' AS day, 0 AS label")
                .write()
                .parquet(directory.resolve("rides").toString());
        Recipe recipe = SmallRun.bound("""
                name = dates
                data { train { kind = spark, path = "%s/rides", label = label, classes = 2
                    dates = [{ column = day, parts = [month] }] }, test = ${data.train} }
                teacher { kind = network, %s }
                """.formatted(directory, teacher));
        assertThat(NamedData.of(STORAGE, recipe).lines())
                .containsExactly("columns of data.train: 2 features (a, day_month), label label, no id, none ignored");
    }

    @Test
    void furtherColumnsOfHeldOutRowsAreNamedAndLeftOut() throws IOException {
        test("c,label,b,a,e,\n30,1,20,10,7,8\n");
        assertThat(row(named().settings().test())).isEqualTo("[a, b, c] [10.0, 20.0, 30.0]");
        assertThat(named().lines())
                .contains(
                        "columns of data.test: 3 features (a, b, c), label label, no id, ignored: e, (without a name)");
    }

    @Test
    void aMissingColumnIsNamedWithItsFile() throws IOException {
        test("c,label,B,a\n30,1,20,10\n");
        refuses(
                "data.test: DIR/test.csv has no column b for a feature; did you mean B? its columns are c, label, B, a");
        test("a,b,c\n30,1,20\n");
        refuses("data.test: DIR/test.csv has no column label for the label; its columns are a, b, c");
        testKeys = "id = nr";
        test("a,b,c,label\n30,1,20,1\n");
        refuses("data.test: DIR/test.csv has no column nr for the id; its columns are a, b, c, label");
    }

    @Test
    void anyFileOfASourceMayLackAColumn() throws IOException {
        Files.createDirectory(directory.resolve("parts"));
        Files.writeString(directory.resolve("parts/1.csv"), "a,b,c,label\n1,2,3,0\n");
        Files.writeString(directory.resolve("parts/2.csv"), "c,b,label\n1,2,0\n");
        testKeys = "paths = [\"" + directory + "/parts\"]";
        refuses("data.test: DIR/parts/2.csv has no column a for a feature; its columns are c, b, label");
    }

    @Test
    void theChampionsOrderIsThatOfTheNight() throws IOException {
        train("c,b,label,a\n3,2,0,1\n");
        NamedData named = named(champion("b", "a", "c"));
        assertThat(row(named.settings().train())).isEqualTo("[b, a, c] [2.0, 1.0, 3.0]");
        assertThat(row(named.settings().test())).isEqualTo("[b, a, c] [20.0, 10.0, 30.0]");
        assertThat(named.lines())
                .startsWith("columns: in the order of champion 3 of 'nightly', which is not that of data.train");
    }

    @Test
    void aNightWithoutAColumnOfTheChampionIsRefused() {
        refuses(
                champion("a", "b", "c", "d"),
                "data.train has no column d, but champion 3 of 'nightly' has learned from the columns a, b, c, d; give the"
                        + " data what is missing, or give a model of other columns another name in retrain.model");
    }

    @Test
    void aNightIgnoresAColumnThatTheChampionHasNotLearnedFromAndSaysSo() {
        NamedData named = named(champion("a", "c"));
        assertThat(row(named.settings().train())).isEqualTo("[a, c] [1.0, 3.0]");
        assertThat(named.warnings())
                .containsExactly(
                        "the column b of data.train is ignored, for champion 3 of 'nightly' has not learned from"
                                + " it; to use it, give a new model another name in retrain.model");
        trainKeys = "features = [a, b, c]";
        refuses(
                champion("a", "c"),
                "data.train.features has the column b, but champion 3 of 'nightly' has learned from the columns a, c alone;"
                        + " leave the others out, or give a model of other columns another name in retrain.model");
    }

    private void save(String name, Signature signature) {
        Structure structure = Structure.from(Shape.vector(3))
                .then("logits", new Layer.Dense(2, Bias.PER_CHANNEL))
                .build()
                .withSignature(signature);
        NetworkFiles.write(
                Network.initialised(structure, 1),
                STORAGE,
                new org.apache.hadoop.fs.Path(directory.resolve(name).toString()));
        teacher = "from = \"" + directory.resolve(name) + "\"";
    }

    @Test
    void aSavedTeachersOrderIsThatOfBothSources() {
        save("teacher", new Signature(List.of("c", "a", "b"), List.of()));
        assertThat(row(named().settings().train())).isEqualTo("[c, a, b] [3.0, 1.0, 2.0]");
        assertThat(row(named().settings().test())).isEqualTo("[c, a, b] [30.0, 10.0, 20.0]");
        save("teacher", new Signature(List.of("c", "a", "d"), List.of()));
        assertThatThrownBy(this::named).hasMessageContaining("data.train has no column d, but the saved network ");
        save("teacher", Signature.none());
        assertThat(row(named().settings().train())).isEqualTo("[a, b, c] [1.0, 2.0, 3.0]");
    }

    @Test
    void savedNetworksThatDisagreeAreRefused() {
        save("teacher", new Signature(List.of("c", "a", "b"), List.of("no", "yes")));
        Recipe recipe = recipe();
        Schema schema = new Schema(
                new Column.NumberColumn(Schema.FEATURES, DataType.FLOAT32, Shape.vector(3), List.of("c", "a", "b")),
                new Target.ClassTarget(List.of("yes", "no")));
        assertThatThrownBy(() -> Plan.of(recipe, schema, InputScaling.none(3), STORAGE))
                .hasMessage("teacher.from: the saved network knows 'no' as class 0, but there the data has 'yes'; let"
                        + " class-names of data.train and data.test be [no, yes]");
        Schema other = new Schema(
                new Column.NumberColumn(Schema.FEATURES, DataType.FLOAT32, Shape.vector(3), List.of("a", "c", "b")),
                new Target.ClassTarget(List.of("0", "1")));
        assertThatThrownBy(() -> Plan.of(recipe, other, InputScaling.none(3), STORAGE))
                .hasMessage(
                        "teacher.from: the saved network has learned from 'c' as column 0, but there the data has 'a';"
                                + " the networks of a recipe share their rows, so all must have learned from the same columns in the"
                                + " same order");
    }

    @Test
    void aNetworkKeepsTheNamesThatItLearnedFrom() {
        Schema schema = new Schema(
                new Column.NumberColumn(Schema.FEATURES, DataType.FLOAT32, Shape.vector(3), List.of("a", "b", "c")),
                new Target.ClassTarget(List.of("no", "yes")));
        Plan plan = Plan.of(recipe(), schema, InputScaling.none(3), STORAGE);
        assertThat(plan.teacher().networks().get(0).structure().signature())
                .isEqualTo(new Signature(List.of("a", "b", "c"), List.of("no", "yes")));
    }
}
