package dev.sharegpt4v.models.text;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sharegpt4v.models.testing.Tokenizers;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class IncrementalDetokenizerTest {

    @Test
    void encodedTextsComeBackFragmentByFragment() {
        GeneratedTexts texts = new GeneratedTexts(3);
        try (Tokenizer tokenizer = Tokenizers.demo()) {
            for (int round = 0; round < 3_000; round++) {
                String text = texts.next();
                IncrementalDetokenizer detokenizer = new IncrementalDetokenizer(tokenizer);
                StringBuilder joined = new StringBuilder();
                for (int id : tokenizer.encode(text)) {
                    String fragment = detokenizer.append(id);
                    assertThat(StandardCharsets.UTF_8.newEncoder().canEncode(fragment))
                            .as("a whole number of characters")
                            .isTrue();
                    joined.append(fragment);
                }
                joined.append(detokenizer.finish());
                assertThat(joined.toString()).isEqualTo(text.replace('\u2581', ' '));
            }
        }
    }

    @Test
    void anyIdsDecodeToTheSameTextWholeOrInFragments() {
        Random random = new Random(5);
        try (Tokenizer tokenizer = Tokenizers.demo()) {
            for (int round = 0; round < 2_000; round++) {
                int[] ids = random.ints(1 + random.nextInt(12), 0, 300).toArray();
                String whole = tokenizer.decode(ids);
                assertThat(whole).isEqualTo(expected(tokenizer, ids));
            }
        }
    }

    @Test
    void aCharacterThatNeverCompletesBecomesReplacementCharacters() {
        try (Tokenizer tokenizer = Tokenizers.demo()) {
            int lead = tokenizer.piece("<0xF0>").orElseThrow();
            int next = tokenizer.piece("<0x9F>").orElseThrow();
            IncrementalDetokenizer detokenizer = new IncrementalDetokenizer(tokenizer);
            assertThat(detokenizer.append(lead) + detokenizer.append(next)).isEmpty();
            assertThat(detokenizer.finish()).isEqualTo("\ufffd\ufffd");
        }
    }

    /** Independent decoding: try each prefix of up to four bytes with the JDK's strict decoder. */
    private static String expected(Tokenizer tokenizer, int[] ids) {
        java.io.ByteArrayOutputStream bytes = new java.io.ByteArrayOutputStream();
        for (int id : ids) {
            bytes.writeBytes(tokenizer.pieceBytes(id));
        }
        byte[] all = bytes.toByteArray();
        StringBuilder text = new StringBuilder();
        int at = 0;
        while (at < all.length) {
            String found = "";
            for (int length = 1; length <= 4 && at + length <= all.length && found.isEmpty(); length++) {
                String candidate = new String(all, at, length, StandardCharsets.UTF_8);
                if (candidate.codePointCount(0, candidate.length()) == 1
                        && java.util.Arrays.equals(
                                candidate.getBytes(StandardCharsets.UTF_8),
                                java.util.Arrays.copyOfRange(all, at, at + length))) {
                    found = candidate;
                }
            }
            text.append(found.isEmpty() ? "\ufffd" : found);
            at += found.isEmpty() ? 1 : found.getBytes(StandardCharsets.UTF_8).length;
        }
        return text.toString().startsWith(" ") ? text.substring(1) : text.toString();
    }
}
