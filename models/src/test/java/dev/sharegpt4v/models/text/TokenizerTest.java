package dev.sharegpt4v.models.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sharegpt4v.models.testing.SharedData;
import dev.sharegpt4v.models.testing.Tokenizers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TokenizerTest {

    @Test
    void encodesEveryPublishedVector() throws IOException {
        JsonNode vectors = new JsonMapper()
                .readTree(SharedData.path("tokenizer/vectors.json").toFile());
        try (Tokenizer tokenizer = Tokenizers.llama()) {
            for (JsonNode vector : vectors.path("encode")) {
                assertThat(tokenizer.encode(vector.path("text").textValue()))
                        .as(vector.path("text").textValue())
                        .containsExactly(ints(vector.path("ids_without_bos")));
            }
            assertThat(vectors.path("encode")).hasSizeGreaterThan(40);
        }
    }

    @Test
    void encodesGeneratedTextsAsSentencePieceDoes() {
        NaiveSentencePiece oracle = new NaiveSentencePiece(Tokenizers.llamaModel());
        try (Tokenizer tokenizer = Tokenizers.llama()) {
            compare(tokenizer, oracle, 10_000);
        }
    }

    @Test
    void encodesGeneratedTextsAsSentencePieceDoesWithASmallVocabulary() {
        NaiveSentencePiece oracle = new NaiveSentencePiece(Tokenizers.demoModel());
        try (Tokenizer tokenizer = Tokenizers.demo()) {
            compare(tokenizer, oracle, 10_000);
        }
    }

    @Test
    void specialTokensInTextAreOnlyText() {
        try (Tokenizer tokenizer = Tokenizers.demo()) {
            assertThat(tokenizer.encode("</s><s><unk><image>")).doesNotContain(0, 1, 2);
            assertThat(tokenizer.decode(tokenizer.encode("</s> <image>"))).isEqualTo("</s> <image>");
        }
    }

    @Test
    void idsAreSpeltOutWithoutLosingAny() {
        try (Tokenizer tokenizer = Tokenizers.demo()) {
            int[] ids = tokenizer.encode("a red circle 🐈");
            assertThat(tokenizer.spellOut(ids)).isEqualTo("a red circle 🐈");
            int[] framed = IntStream.concat(IntStream.concat(IntStream.of(1), IntStream.of(ids)), IntStream.of(2))
                    .toArray();
            assertThat(tokenizer.spellOut(framed)).isEqualTo("<s> a red circle 🐈</s>");
            assertThat(tokenizer.pieceText(1)).isEqualTo("<s>");
            assertThat(tokenizer.pieceText(ids[0])).startsWith("▁");
        }
    }

    @Test
    void textAfterASpecialTokenLosesItsDummyPrefix() {
        try (Tokenizer tokenizer = Tokenizers.llama()) {
            assertThat(tokenizer.encodeAfterSpecial("USER: Bye ASSISTANT:"))
                    .containsExactly(3308, 1001, 29901, 2648, 29872, 319, 1799, 9047, 13566, 29901);
        }
    }

    @Test
    void loneSurrogatesBecomeReplacementCharacters() {
        try (Tokenizer tokenizer = Tokenizers.demo()) {
            assertThat(tokenizer.encode("a\ud800b")).isEqualTo(tokenizer.encode("a\ufffdb"));
            assertThat(tokenizer.encode("\udc00")).isEqualTo(tokenizer.encode("\ufffd"));
        }
    }

    @Test
    void veryLongTextsAreEncodedWhole() {
        try (Tokenizer tokenizer = Tokenizers.demo()) {
            for (String unit : new String[] {" ", "a", "the image "}) {
                String text = unit.repeat(200_000 / unit.length());
                assertThat(tokenizer.decode(tokenizer.encode(text))).isEqualTo(text);
            }
        }
    }

    @Test
    void aFileThatIsNoModelIsRefused(@TempDir Path folder) throws IOException {
        Path file = Files.write(folder.resolve("tokenizer.model"), new byte[] {1, 2, 3});
        assertThatThrownBy(() -> SentencePieceModel.read(file))
                .isInstanceOf(TokenizerException.class)
                .hasMessageContaining("tokenizer.model");
    }

    @Test
    void damagedModelsAreRefusedOrReadAndNeverCrash() throws IOException {
        byte[] original =
                TokenizerTest.class.getResourceAsStream("/demo/tokenizer.model").readAllBytes();
        Random random = new Random(7);
        for (int round = 0; round < 2_000; round++) {
            byte[] damaged = original.clone();
            for (int i = random.nextInt(4); i >= 0; i--) {
                damaged[random.nextInt(Math.min(damaged.length, 2_000))] = (byte) random.nextInt(256);
            }
            try {
                assertThat(SentencePieceModel.parse(ByteBuffer.wrap(damaged)).pieces())
                        .isNotEmpty();
            } catch (TokenizerException e) {
                assertThat(e.getMessage()).isNotBlank();
            }
        }
    }

    private static void compare(Tokenizer tokenizer, NaiveSentencePiece oracle, int rounds) {
        GeneratedTexts texts = new GeneratedTexts(42);
        for (int round = 0; round < rounds; round++) {
            String text = texts.next();
            if (!text.isEmpty()) {
                assertThat(tokenizer.encode(text)).as(text).containsExactly(oracle.encode(text));
            }
        }
    }

    private static int[] ints(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .mapToInt(JsonNode::intValue)
                .toArray();
    }
}
