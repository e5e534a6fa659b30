package dev.sharegpt4v.server.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sharegpt4v.models.testing.Tokenizers;
import dev.sharegpt4v.models.text.Tokenizer;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class TokenizerWordsTest {

    @Test
    void textsHaveExactlyTheLengthAskedFor() {
        try (Tokenizer tokenizer = Tokenizers.demo()) {
            TokenizerWords words = new TokenizerWords(tokenizer);
            SplittableRandom random = new SplittableRandom(1);
            for (int tokens : new int[] {1, 2, 7, 64, 300}) {
                String text = words.ofTokens(tokens, random);
                assertThat(tokenizer.encode(text)).as(text).hasSize(tokens);
                assertThat(text).matches("[a-z]+( [a-z]+)*");
            }
        }
    }

    @Test
    void equalSeedsGiveEqualTextsAndOthersDiffer() {
        try (Tokenizer tokenizer = Tokenizers.demo()) {
            TokenizerWords words = new TokenizerWords(tokenizer);
            assertThat(words.ofTokens(20, new SplittableRandom(1)))
                    .isEqualTo(words.ofTokens(20, new SplittableRandom(1)))
                    .isNotEqualTo(words.ofTokens(20, new SplittableRandom(2)));
        }
    }
}
