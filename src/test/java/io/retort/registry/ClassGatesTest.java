package io.retort.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.retort.evaluate.Confusion;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ClassGatesTest {
    private static final GateSettings.Classes LENIENT = new GateSettings.Classes(1, 0, 0, 1);
    private static final Confusion NEVER = confusion(381, 0, 19, 0);
    private static final Confusion SOME = confusion(372, 9, 9, 10);

    @Test
    void letNoChallengerPassThatHasLostAClass() {
        // 95.25 % and 95.5 % are right: by accuracy alone the two are one.
        assertThat(refusals(LENIENT, NEVER, Optional.of(SOME)))
                .containsExactly(
                        "classes lost was 1, must be at most 0 (classes of at least 10 held-out rows that the champion finds"
                                + " and the challenger never predicts: yes)");
        assertThat(refusals(LENIENT, SOME, Optional.of(NEVER))).isEmpty();
        assertThat(refusals(LENIENT, NEVER, Optional.of(NEVER))).isEmpty();
        assertThat(refusals(LENIENT, confusion(381, 0, 9, 0), Optional.of(confusion(381, 0, 5, 4))))
                .isEmpty(); // nine rows
    }

    @Test
    void holdFloorsAndTheMarginToTheChampion() {
        assertThat(refusals(new GateSettings.Classes(1, 0.6, 0.5, 1), NEVER, Optional.empty()))
                .containsExactly(
                        "balanced accuracy was 0.5000, must be at least 0.6000 (floor)",
                        "smallest recall was 0, must be at least 0.5000 (recall-floor; class 'yes')");
        Confusion champion = confusion(100, 0, 20, 80);
        GateSettings.Classes close = new GateSettings.Classes(0.02, 0, 0.78, 1);
        assertThat(refusals(close, confusion(98, 2, 22, 78), Optional.of(champion)))
                .isEmpty(); // on the thresholds
        assertThat(refusals(close, confusion(97, 3, 22, 78), Optional.of(champion)))
                .containsExactly(
                        "balanced accuracy was 0.8750, must be at least 0.8800 (champion has 0.9000; margin 0.0200)");
    }

    @Test
    void letNoClassFallFarBelowTheChampion() {
        GateSettings.Classes close = new GateSettings.Classes(1, 0, 0, 0.1);
        Confusion champion = confusion(90, 10, 20, 80);
        assertThat(refusals(close, confusion(99, 1, 30, 70), Optional.of(champion)))
                .isEmpty(); // on the threshold
        assertThat(refusals(close, confusion(99, 1, 31, 69), Optional.of(champion)))
                .containsExactly("greatest fall of recall was 0.1100, must be at most 0.1000 (recall-margin; class"
                        + " 'yes', of which the champion finds 0.8000)");
    }

    @Test
    void leaveAClassWithoutRowsAlone() {
        assertThat(refusals(new GateSettings.Classes(1, 0, 0.9, 1), confusion(10, 0, 0, 0), Optional.empty()))
                .isEmpty();
    }

    @Test
    void refuseWhatIsNoFraction() {
        assertThatThrownBy(() -> new GateSettings.Classes(0, 0, 1.5, 1))
                .hasMessage("recall-floor must be in [0, 1], was 1.5");
    }

    private static List<String> refusals(
            GateSettings.Classes settings, Confusion challenger, Optional<Confusion> champion) {
        return new ClassGates(settings, List.of("no", "yes"))
                .judge(challenger.classes(), champion.map(Confusion::classes)).stream()
                        .filter(gate -> !gate.passed())
                        .map(Gate::sentence)
                        .toList();
    }

    private static Confusion confusion(long rightNo, long wrongNo, long wrongYes, long rightYes) {
        return new Confusion(List.of(List.of(rightNo, wrongNo), List.of(wrongYes, rightYes)));
    }
}
