package io.retort.cli;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.retort.config.Catalogue;
import io.retort.config.Catalogue.Kind;
import io.retort.config.Catalogue.Setting;
import io.retort.config.Reference;
import io.retort.network.zoo.BlockKind;
import java.util.Arrays;
import java.util.List;

/**
 * A kind as {@code retort list} shows it, out of its catalogue and of {@code reference.conf}.
 *
 * @param summary what it does, in one line
 * @param source the paper that defines it; empty where there is none
 * @param note what {@code reference.conf} says of the kind as a whole, its settings without a default among that; may be empty
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
