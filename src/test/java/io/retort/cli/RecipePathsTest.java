package io.retort.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Where relative paths begin. The tests' working directory is the project's, which has a pom.xml. */
class RecipePathsTest {
    private static final Path HERE = Path.of("").toAbsolutePath();

    @TempDir
    private Path folder;

    private final List<String> warnings = new ArrayList<>();

    private RecipePaths paths() {
        return new RecipePaths(folder.resolve("r.conf").toString(), new Configuration(), warnings::add);
    }

    @Test
    void atTheRecipesFolder() {
        assertThat(paths().ofRecipe("data.train.paths", "a/b.csv")).isEqualTo("file:" + folder + "/a/b.csv");
        assertThat(paths().ofRecipe("data.train.paths", "../*.csv")).isEqualTo("file:" + folder.getParent() + "/*.csv");
        assertThat(warnings).isEmpty();
    }

    @Test
    void absolutePathsAndOtherStoragesStay() {
        for (String path : List.of("/data/a.csv", "s3a://bucket/a.csv", "hdfs:/a.csv", "file:/a.csv", "a:b")) {
            assertThat(paths().ofRecipe("k", path)).isEqualTo(path);
            assertThat(paths().ofShell("k", path)).isEqualTo(path);
        }
    }

    @Test
    void whatIsOnlyInTheWorkingDirectoryIsTakenWithAWarning() {
        assertThat(paths().ofRecipe("data.train.paths", "pom.xml")).isEqualTo("file:" + HERE + "/pom.xml");
        assertThat(paths().ofRecipe("data.train.paths", "p*.xml")).isEqualTo("file:" + HERE + "/p*.xml");
        assertThat(warnings)
                .hasSize(2)
                .first()
                .isEqualTo("data.train.paths: pom.xml is taken from " + HERE + ", for it is not in " + folder
                        + "; from the next release on only the recipe's folder counts, so write it relative to that, or"
                        + " absolute");
    }

    @Test
    void theRecipesFolderWinsWithAWarningWhereBothHaveIt() throws IOException {
        Files.writeString(folder.resolve("pom.xml"), "");
        assertThat(paths().ofRecipe("teacher.from", "pom.xml")).isEqualTo("file:" + folder + "/pom.xml");
        assertThat(warnings)
                .containsExactly("teacher.from: pom.xml is taken from the recipe's folder, " + folder
                        + ", and not file:" + HERE + "/pom.xml, which is there too");
    }

    @Test
    void theCommandLineAndTheEnvironmentMeanTheWorkingDirectory() throws IOException {
        Files.writeString(folder.resolve("pom.xml"), "");
        assertThat(paths().ofShell("k", "pom.xml")).isEqualTo("file:" + HERE + "/pom.xml");
        assertThat(paths().ofShell("k", "none.csv")).isEqualTo("file:" + HERE + "/none.csv");
        assertThat(warnings).isEmpty();
    }

    @Test
    void aRecipeOfTheWorkingDirectoryNeedsNoWarning() {
        RecipePaths here = new RecipePaths("r.conf", new Configuration(), warnings::add);
        assertThat(here.ofRecipe("k", "pom.xml")).isEqualTo("file:" + HERE + "/pom.xml");
        assertThat(warnings).isEmpty();
    }

    /** What is printed means the same wherever it is read: it travels to the driver of a cluster. */
    @Test
    void aRecipeIsPrintedWithAbsolutePaths() throws IOException {
        Files.createDirectory(folder.resolve("shared"));
        Files.createDirectory(folder.resolve("recipes"));
        Files.writeString(folder.resolve("shared/data.conf"), """
                data.train { kind = csv, label = y, classes = 2, paths = [a.csv] }
                data.test = ${data.train}
                """);
        Path recipe = Files.writeString(folder.resolve("recipes/r.conf"), """
                include "../shared/data.conf"
                name = r, teacher { kind = network, from = saved }
                students = [{ name = s, from = teacher, losses = [soft-target] }]
                """);
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine retort = Retort.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        assertThat(retort.execute("check", "--print", recipe.toString())).isEqualTo(2);
        assertThat(err.toString())
                .contains(
                        "recipes/r.conf:1  include \"../shared/data.conf\": must lie in the directory of the recipe or"
                                + " below it; put the file there, or allow its directory on the command line by --allow-includes"
                                + " DIR");
        String[] allowed = {
            "check",
            "--print",
            recipe.toString(),
            "--allow-includes",
            folder.resolve("shared").toString()
        };
        assertThat(retort.execute(allowed)).isZero();
        assertThat(out.toString())
                .contains("\"paths\" : [ \"file:" + folder + "/recipes/a.csv\" ]")
                .contains("\"from\" : \"file:" + folder + "/recipes/saved\"")
                .contains("\"from\" : \"teacher\"");
    }

    @Test
    void aLinkLeadsOutOfAnAllowedDirectoryNoMoreThanOutOfTheRecipes() throws IOException {
        Path shared = Files.createDirectory(folder.resolve("shared"));
        Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
        Path recipes = Files.createDirectory(folder.resolve("recipes"));
        Files.createSymbolicLink(shared.resolve("x.conf"), Files.writeString(elsewhere.resolve("x.conf"), "name = x"));
        Path recipe = Files.writeString(recipes.resolve("r.conf"), "include \"../shared/x.conf\"");
        StringWriter err = new StringWriter();
        CommandLine retort = Retort.commandLine().setErr(new PrintWriter(err));
        assertThat(retort.execute("check", recipe.toString(), "--allow-includes=" + shared))
                .isEqualTo(2);
        assertThat(err.toString()).contains("include \"../shared/x.conf\": must lie in the directory of the recipe");
    }
}
