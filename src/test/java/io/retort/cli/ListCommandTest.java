package io.retort.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.retort.config.Catalogue;
import io.retort.config.Catalogue.Kind;
import io.retort.recipe.Kinds;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class ListCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int list(String... arguments) {
        CommandLine commandLine = Retort.commandLine();
        commandLine.setOut(new PrintWriter(out));
        commandLine.setErr(new PrintWriter(err));
        String[] all = new String[arguments.length + 1];
        all[0] = "list";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        return commandLine.execute(all);
    }

    @Test
    void showsNameSummaryPaperAndSettingsWithTheirDefaults() {
        assertThat(list("losses")).isZero();
        assertThat(out.toString())
                .startsWith("losses, each written { kind = NAME, SETTING = VALUE ... } or only NAME\n")
                .contains(
                        "\nsoft-target: T² · KL from the teacher's to the student's softened distribution"
                                + " (Hinton et al. 2015, arXiv:1503.02531)\n"
                                + "    weight = 1  # a number or an object { kind = ... }; what the loss is multiplied by in the sum\n"
                                + "    temperature = 4  # a number or an object { kind = ... }; softens both distributions; 1 leaves them as they are\n");
    }

    @Test
    void saysOfASettingWithoutADefaultWhereItComesFrom() {
        assertThat(list("architectures")).isZero();
        assertThat(out.toString())
                .contains(
                        "\n  chain (the blocks, first to last, such as [cbr32, max, dws64, inverted64x6/2]; \"dws64*3\" is three of one) must be given.\n    chain  # a list\n");
    }

    @Test
    void knowsEveryKindOfEveryCatalogue() throws Exception {
        assertThat(list("--json")).isZero();
        JsonNode lists = new ObjectMapper().readTree(out.toString());
        assertThat(lists.size()).isEqualTo(Kinds.catalogues().size() + 1).isGreaterThan(7);
        for (Catalogue<?> catalogue : Kinds.catalogues()) {
            JsonNode kinds = lists.get(catalogue.title());
            assertThat(kinds.findValuesAsText("summary"))
                    .hasSize(catalogue.kinds().size())
                    .noneMatch(String::isBlank);
            for (int i = 0; i < kinds.size(); i++) {
                Kind<?> kind = catalogue.kinds().get(i);
                assertThat(kinds.get(i).get("name").asText()).isEqualTo(kind.name());
                assertThat(kinds.get(i).get("settings")).hasSize(kind.settings().getRecordComponents().length);
            }
        }
        assertThat(lists.at("/optimizers/0/settings/0/default").asText()).isEqualTo("0.9");
    }

    @Test
    void tellsHowABlockIsWritten() {
        assertThat(list("blocks")).isZero();
        assertThat(out.toString())
                .contains("such as chain = [cbr32, max, dws64/2]")
                .contains("(Jeon and Kim 2018, arXiv:1806.07370)");
    }

    @Test
    void withoutAnArgumentTellsWhatListsThereAre() {
        assertThat(list()).isZero();
        assertThat(out.toString()).containsPattern("(?m)^ codecs +\\| float16, float32, top-k");
    }

    @Test
    void refusesAListThatIsNot() {
        assertThat(list("loses")).isEqualTo(2);
        assertThat(out.toString()).isEmpty();
        assertThat(err.toString())
                .isEqualTo(
                        "unknown list 'loses'; did you mean 'losses'? there are architectures, blocks, calibrations, calibrators,"
                                + " codecs, compressors, courses, encoders, estimators, features, filters, losses, optimizers, readers, roundings, schedules,"
                                + " strategies, teachers, trainers\nretort list --help explains the command\n");
    }
}
