package dev.sharegpt4v.models.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sharegpt4v.models.text.Tokenizer;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SyntheticVocabularyTest {

    @TempDir
    private Path folder;

    @Test
    void englishTakesAboutThreeCharactersAToken() throws IOException {
        String text = "A chat between a curious user and an artificial intelligence assistant.";
        try (Tokenizer tokenizer = tokenizer(32_000)) {
            assertThat(tokenizer.vocabularySize()).isEqualTo(32_000);
            int[] ids = tokenizer.encode(text);
            assertThat(tokenizer.decode(ids)).isEqualTo(text);
            assertThat(ids.length).isLessThan(text.length() / 2);
        }
    }

    @Test
    void theSmallestVocabularySpellsInBytes() throws IOException {
        try (Tokenizer tokenizer = tokenizer(260)) {
            assertThat(tokenizer.encode("ab")).endsWith(3 + 'a', 3 + 'b');
            assertThat(tokenizer.decode(tokenizer.encode("é 🦙"))).isEqualTo("é 🦙");
        }
    }

    @Test
    void aVocabularyBeyondTheListedPiecesIsFilledUp() throws IOException {
        try (Tokenizer tokenizer = tokenizer(40_000)) {
            assertThat(tokenizer.vocabularySize()).isEqualTo(40_000);
            assertThat(tokenizer.piece("<unused_39999>")).contains(39_999);
        }
    }

    @Test
    void aVocabularyWithoutRoomForBytesIsRefused() {
        assertThatExceptionOfType(ConversionException.class)
                .isThrownBy(() -> SyntheticVocabulary.ofSize(259))
                .withMessageContaining("259");
    }

    private Tokenizer tokenizer(int size) throws IOException {
        Path file = folder.resolve("tokenizer.json");
        TokenizerSource.synthetic(size).write(file);
        return Tokenizer.load(file);
    }
}
