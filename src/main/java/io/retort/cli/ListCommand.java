package io.retort.cli;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.retort.config.Catalogue;
import io.retort.config.Catalogue.Kind;
import io.retort.config.Catalogue.Setting;
import io.retort.config.Names;
import io.retort.config.Reference;
import io.retort.network.zoo.BlockKind;
import io.retort.recipe.Kinds;
import io.retort.report.ConsoleTable;
import io.retort.storage.Json;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code retort list}. */
@Command(
        name = "list",
        mixinStandardHelpOptions = true,
        description = {
            "Lists what a recipe can name: losses, architectures, teachers and the like, with settings, defaults and papers.",
            "Without an argument it says what lists there are."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:done", "2:there is no such list, or bad usage"})
final class ListCommand implements Callable<Integer> {
    private static final String BLOCKS = "blocks";

    @Spec
    private CommandSpec spec;

    @Option(names = "--json", description = "print a JSON object of lists instead of text")
    private boolean json;

    @Parameters(
            arity = "0..*",
            paramLabel = "LIST",
            description = "such as losses; a summary of all where it is not given")
    private List<String> titles = List.of();

    @Override
    public Integer call() {
        Map<String, List<ListedKind>> lists = lists();
        Map<String, List<ListedKind>> chosen = new LinkedHashMap<>();
        for (String title : titles.isEmpty() ? lists.keySet() : titles) {
            if (!lists.containsKey(title)) {
                throw new ParameterException(spec.commandLine(), refusal(title, lists));
            }
            chosen.put(title, lists.get(title));
        }
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(Json.pretty(chosen));
        } else if (titles.isEmpty()) {
            out.println(overview(chosen));
        } else {
            chosen.forEach((title, kinds) -> print(title, kinds, out));
        }
        out.flush();
        return Retort.DONE;
    }

    /** Every list by its title, sorted. */
    private static Map<String, List<ListedKind>> lists() {
        Reference reference = Reference.builtIn();
        Map<String, List<ListedKind>> lists = new TreeMap<>();
        for (Catalogue<?> catalogue : Kinds.catalogues()) {
            lists.put(catalogue.title(), ListedKind.of(catalogue, reference));
        }
        lists.put(BLOCKS, BlockKind.ALL.stream().map(ListedKind::of).toList());
        return lists;
    }

    private static String refusal(String title, Map<String, List<ListedKind>> lists) {
        String nearest = Names.nearest(title, lists.keySet())
                .map(near -> "did you mean '" + near + "'? ")
                .orElse("");
        return "unknown list '" + title + "'; " + nearest + "there are " + String.join(", ", lists.keySet());
    }

    private static String overview(Map<String, List<ListedKind>> lists) {
        ConsoleTable table = new ConsoleTable().left("list").left("kinds");
        lists.forEach((title, kinds) -> table.row(
                title, String.join(", ", kinds.stream().map(ListedKind::name).toList())));
        return table.text();
    }

    private static void print(String title, List<ListedKind> kinds, PrintWriter out) {
        out.println(
                title.equals(BLOCKS)
                        ? "blocks of the architecture conv-net, first to last, such as chain = [cbr32, max, dws64/2]"
                        : title + ", each written { kind = NAME, SETTING = VALUE ... } or only NAME");
        for (ListedKind kind : kinds) {
            out.println();
            out.println(
                    kind.name() + ": " + kind.summary() + (kind.source().isEmpty() ? "" : " (" + kind.source() + ")"));
            if (!kind.note().isEmpty()) {
                out.println("  " + kind.note());
            }
            kind.settings().forEach(setting -> out.println("    " + line(setting)));
        }
    }

    private static String line(ListedKind.ListedSetting setting) {
        String value = setting.standard().isEmpty() ? "" : " = " + setting.standard();
        String meaning = setting.meaning().isEmpty() ? "" : "; " + setting.meaning();
        return setting.name() + value + "  # " + setting.allowed() + meaning;
    }

    /**
     * A kind as {@code retort list} shows it, out of its catalogue and of {@code reference.conf}.
     *
     * @param summary what it does, in one line
     * @param source the paper that defines it; empty where there is none
     * @param note the comment of {@code reference.conf} on the whole kind and its settings without a default; may be
     *     empty
     */
    record ListedKind(String name, String summary, String source, String note, List<ListedSetting> settings) {
        /**
         * A setting of a kind.
         *
         * @param allowed what may be written, such as {@code a whole number}
         * @param standard its default, as a recipe would write it; empty where it has none
         * @param meaning as {@code reference.conf} explains it; empty where the note does
         */
        record ListedSetting(
                String name,
                String allowed,
                @JsonProperty("default") String standard,
                String meaning) {}

        /** The kinds of a catalogue, in its order. */
        static List<ListedKind> of(Catalogue<?> catalogue, Reference reference) {
            return catalogue.kinds().stream()
                    .map(kind -> of(catalogue, kind, reference))
                    .toList();
        }

        /** A block; its form is its note. */
        static ListedKind of(BlockKind block) {
            return new ListedKind(block.name(), block.summary(), block.source(), "written " + block.form(), List.of());
        }

        private static ListedKind of(Catalogue<?> catalogue, Kind<?> kind, Reference reference) {
            String section = "defaults." + catalogue.title() + "." + kind.name();
            List<ListedSetting> settings = catalogue.settings(kind).stream()
                    .map(setting -> of(setting, section, reference))
                    .toList();
            return new ListedKind(
                    kind.name(), kind.summary(), kind.source(), paragraph(reference.comment(section)), settings);
        }

        private static ListedSetting of(Setting setting, String section, Reference reference) {
            String path = section + "." + setting.name();
            String comment = paragraph(reference.comment(path));
            String label = setting.name() + ": ";
            return new ListedSetting(
                    setting.name(),
                    setting.allowed(),
                    reference.value(path).orElse(""),
                    comment.startsWith(label) ? comment.substring(label.length()) : comment);
        }

        private static String paragraph(String comment) {
            return String.join(" ", Arrays.asList(comment.split("\n", -1)));
        }
    }
}
