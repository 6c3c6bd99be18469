package io.retort.data.encode;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokensTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "The quick, brown-fox!|the quick brown fox",
                "GTK+ 3.24 (x86_64)|gtk 3 24 x86 64",
                "''|''",
                "' \t-- ;\n'|''",
                "ÄPFEL Straße|äpfel straße",
                "ΟΔΟΣ οδός ΑΣ.Α|οδοσ οδόσ ασ α",
                "don't naïve|don t naïve",
                "हिन्दी में|हिन्दी में",
                "日本語 テキスト|日 本 語 テ キ ス ト",
                "今天下雨，带伞。|今 天 下 雨 带 伞",
                "iPhone手机15元 3个月|iphone 手 机 15 元 3 个 月",
                "データ々ー|デ ー タ 々 ー",
                "สวัสดี๒๕ครับ|ส วั ส ดี ๒๕ ค รั บ",
                "ខ្ញុំ ລາວ မြန်|ខ្ ញុំ ລ າ ວ မြ န်",
                "한국어 텍스트|한국어 텍스트",
                "𠀀𠀁a|𠀀 𠀁 a",
                "𝒜x a😀b|𝒜x a b",
            })
    void areRunsOfLettersMarksAndDigits(String text, String tokens) {
        assertThat(String.join(" ", Tokens.of(text, 99))).isEqualTo(tokens);
    }

    @Test
    void areTheSameInBothFormsOfUnicode() {
        assertThat(Tokens.of("Cafe\u0301", 9))
                .isEqualTo(Tokens.of("caf\u00e9", 9))
                .containsExactly("caf\u00e9");
    }

    @Test
    void areNoMoreThanAskedForAndNoLongerThanFortyLetters() {
        assertThat(Tokens.of("a b c d", 3)).containsExactly("a", "b", "c");
        assertThat(Tokens.of("x".repeat(41) + " y", 9)).containsExactly("x".repeat(40), "y");
        assertThat(Tokens.of("\uD835\uDC9C".repeat(41), 9)).containsExactly("\uD835\uDC9C".repeat(40));
    }
}
