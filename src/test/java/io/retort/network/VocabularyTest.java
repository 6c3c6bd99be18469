package io.retort.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.retort.storage.ArtifactException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class VocabularyTest {
    private static final Vocabulary THREE = Vocabulary.of(List.of("the", "naïve", "42"));

    @Test
    void givesIdsInTheOrderOfItsTokens() {
        assertThat(THREE.id("the")).isEqualTo(2);
        assertThat(THREE.id("42")).isEqualTo(4);
        assertThat(THREE.id("[PAD]")).isEqualTo(Vocabulary.UNKNOWN);
        assertThat(THREE.id("others")).isEqualTo(Vocabulary.UNKNOWN);
        assertThat(THREE.size()).isEqualTo(5);
        assertThat(THREE.byId()).containsExactly("[PAD]", "[UNK]", "the", "naïve", "42");
    }

    @Test
    void survivesItsFile() {
        assertThat(new String(THREE.toBytes(), StandardCharsets.UTF_8)).isEqualTo("[PAD]\n[UNK]\nthe\nnaïve\n42\n");
        assertThat(Vocabulary.read(THREE.toBytes(), "file")).isEqualTo(THREE);
        assertThat(read("the\nnaïve\n42")).isEqualTo(THREE);
        assertThat(read("the\r\nnaïve\r\n42\r\n").digest()).isEqualTo(THREE.digest());
    }

    @Test
    void tellsItselfFromAnother() {
        assertThat(Vocabulary.of(List.of("naïve", "the", "42")).digest()).isNotEqualTo(THREE.digest());
        assertThat(Vocabulary.of(List.of("the", "naïve42")).digest()).isNotEqualTo(THREE.digest());
        assertThat(Vocabulary.none().isNone()).isTrue();
        assertThat(Vocabulary.standIn(3).size()).isEqualTo(THREE.size());
        assertThat(Vocabulary.standIn(3).isStandIn()).isTrue();
        assertThat(THREE.isStandIn()).isFalse();
    }

    @Test
    void refusesFilesThatAreNone() {
        refuses("", "v.txt is not a vocabulary with one token per line: a vocabulary must have at least one token");
        refuses(
                "a\nb\na\n",
                "v.txt is not a vocabulary with one token per line: a vocabulary must name each token once, names 'a' twice");
        refuses(
                "a\n\nb\n",
                "v.txt is not a vocabulary with one token per line: a vocabulary's tokens must not be empty nor have spaces, was \"\"");
        refuses("[PAD]\nthe\n", "v.txt must have [UNK] after [PAD], has \"the\"");
        assertThatThrownBy(() -> Vocabulary.read(new byte[] {'a', (byte) 0xFF}, "v.txt"))
                .isInstanceOf(ArtifactException.class)
                .hasMessage("v.txt is not UTF-8; convert it");
    }

    @Test
    void refusesMoreTokensThanIdsHaveBitsFor() {
        List<String> most =
                IntStream.range(0, Vocabulary.MAX_TOKENS).mapToObj(i -> "t" + i).toList();
        assertThat(Vocabulary.of(most).size()).isEqualTo(1 << 16);
        assertThatThrownBy(() -> Vocabulary.of(concat(most, "one")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a vocabulary must have at most 65534 tokens, has 65535");
    }

    private static List<String> concat(List<String> tokens, String further) {
        List<String> all = new java.util.ArrayList<>(tokens);
        all.addAll(Collections.singleton(further));
        return all;
    }

    private static Vocabulary read(String lines) {
        return Vocabulary.read(lines.getBytes(StandardCharsets.UTF_8), "v.txt");
    }

    private static void refuses(String lines, String message) {
        assertThatThrownBy(() -> read(lines))
                .isInstanceOf(ArtifactException.class)
                .hasMessage(message);
    }
}
