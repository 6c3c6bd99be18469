package io.retort.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.retort.config.SettingException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LabelColumnsTest {
    private static final Optional<LabelColumns.Kind> SEVERAL = Optional.of(LabelColumns.Kind.SEVERAL_CLASSES);
    private static final Optional<LabelColumns.Kind> NUMBERS = Optional.of(LabelColumns.Kind.NUMBERS);

    @Test
    void aLabelIsAClassWhereNothingIsSaid() {
        LabelColumns named =
                LabelColumns.of(Optional.empty(), Optional.of("kind"), Optional.empty(), Optional.of(2), List.of());
        assertThat(named.target()).isEqualTo(new Target.ClassTarget(List.of("0", "1")));
        assertThat(named.classColumn()).contains("kind");
        LabelColumns none =
                LabelColumns.of(Optional.empty(), Optional.empty(), Optional.empty(), Optional.of(2), List.of());
        assertThat(none.target()).isEqualTo(new Target.NoTarget(List.of("0", "1")));
    }

    @Test
    void severalClassesAreCalledAsTheirColumns() {
        LabelColumns own = several(Optional.empty(), Optional.of(List.of("a", "b")), Optional.empty(), List.of());
        assertThat(own.target()).isEqualTo(new Target.MultiLabelTarget(List.of("a", "b")));
        assertThat(own.isList()).isFalse();
        LabelColumns renamed =
                several(Optional.empty(), Optional.of(List.of("a", "b")), Optional.empty(), List.of("big", "red"));
        assertThat(renamed.target()).isEqualTo(new Target.MultiLabelTarget(List.of("big", "red")));
        LabelColumns list = several(Optional.of("tags"), Optional.empty(), Optional.of(3), List.of());
        assertThat(list.target()).isEqualTo(new Target.MultiLabelTarget(List.of("0", "1", "2")));
        assertThat(list.isList()).isTrue();
    }

    @Test
    void numbersAreCalledAsTheirColumns() {
        assertThat(LabelColumns.of(NUMBERS, Optional.of("price"), Optional.empty(), Optional.empty(), List.of())
                        .target())
                .isEqualTo(new Target.NumberTarget(List.of("price")));
        LabelColumns unlabelled =
                LabelColumns.of(NUMBERS, Optional.empty(), Optional.empty(), Optional.empty(), List.of("price"));
        assertThat(unlabelled.target()).isEqualTo(new Target.NumberTarget(List.of("price")));
        assertThat(unlabelled.columns()).isEmpty();
    }

    @Test
    void refusesWhatDoesNotFit() {
        List<String> ab = List.of("a", "b");
        refused("labels", Optional.empty(), Optional.empty(), Optional.of(ab), Optional.of(2), List.of());
        refused("labels", SEVERAL, Optional.of("a"), Optional.of(ab), Optional.empty(), List.of());
        refused("labels", SEVERAL, Optional.empty(), Optional.of(List.of("a", "a")), Optional.empty(), List.of());
        refused("labels", SEVERAL, Optional.empty(), Optional.of(List.of()), Optional.empty(), List.of("a"));
        refused("class-names", SEVERAL, Optional.empty(), Optional.of(ab), Optional.empty(), List.of("a"));
        refused("class-names", SEVERAL, Optional.of("tags"), Optional.empty(), Optional.empty(), List.of());
        refused("class-names", NUMBERS, Optional.empty(), Optional.empty(), Optional.empty(), List.of());
        refused("class-names", NUMBERS, Optional.of("y"), Optional.empty(), Optional.empty(), List.of("a", "a"));
        refused("classes", SEVERAL, Optional.empty(), Optional.of(ab), Optional.of(3), List.of());
        refused("classes", SEVERAL, Optional.of("tags"), Optional.empty(), Optional.of(0), List.of());
        refused("label", NUMBERS, Optional.of(" "), Optional.empty(), Optional.empty(), List.of());
        assertThatThrownBy(() -> several(Optional.of("tags"), Optional.empty(), Optional.of(3), List.of())
                        .withoutList())
                .isInstanceOf(SettingException.class)
                .hasMessageContaining("a row has one value in the column tags, and labels of 3");
    }

    private static LabelColumns several(
            Optional<String> label, Optional<List<String>> labels, Optional<Integer> classes, List<String> names) {
        return LabelColumns.of(SEVERAL, label, labels, classes, names);
    }

    private static void refused(
            String key,
            Optional<LabelColumns.Kind> kind,
            Optional<String> label,
            Optional<List<String>> labels,
            Optional<Integer> classes,
            List<String> names) {
        assertThatThrownBy(() -> LabelColumns.of(kind, label, labels, classes, names))
                .isInstanceOfSatisfying(
                        SettingException.class, e -> assertThat(e.key()).isEqualTo(key));
    }

    @Test
    void refusesMoreClassesThanAnEvaluationCanCount() {
        assertThatThrownBy(() -> LabelColumns.of(
                        Optional.empty(), Optional.of("kind"), Optional.empty(), Optional.of(4097), List.of()))
                .hasMessage("classes must be at most 4096, was 4097");
        assertThatThrownBy(() -> LabelColumns.of(
                        SEVERAL, Optional.of("kinds"), Optional.empty(), Optional.of(2_000_000_000), List.of()))
                .hasMessage("classes must be at most 100000, was 2000000000");
    }
}
