package dev.sharegpt4v.models.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sharegpt4v.models.testing.SharedData;
import dev.sharegpt4v.models.testing.Tokenizers;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TokenizerJsonTest {

    private static final JsonMapper JSON = new JsonMapper();

    @TempDir
    private Path folder;

    private Path source;
    private Path target;

    @BeforeEach
    void places() {
        source = folder.resolve("source.json");
        target = folder.resolve("tokenizer.json");
    }

    @Test
    void aTokenizerOfTheFamilyKeepsItsIdsAndLosesItsSpecialTokens() {
        TokenizerJson.rewrite(SharedData.path("tokenizer/phi3-mini/tokenizer.json"), target);
        NaiveSentencePiece oracle = new NaiveSentencePiece(Tokenizers.llamaModel());
        GeneratedTexts texts = new GeneratedTexts(8);
        try (Tokenizer tokenizer = Tokenizer.load(target)) {
            for (int round = 0; round < 500; round++) {
                String text = texts.next();
                if (!text.isEmpty()) {
                    assertThat(tokenizer.encode(text)).as(text).containsExactly(oracle.encode(text));
                }
            }
            assertThat(tokenizer.encode("<|user|></s>")).doesNotContain(2, 32_010);
        }
    }

    @Test
    void whatWouldChangeIdsIsDropped() throws IOException {
        ObjectNode root = demo();
        ((ObjectNode) root.get("model")).put("dropout", 0.9).put("ignore_merges", true);
        JSON.writeValue(source.toFile(), root);

        TokenizerJson.rewrite(source, target);

        try (Tokenizer plain = Tokenizers.demo();
                Tokenizer rewritten = Tokenizer.load(target)) {
            String text = "A red circle is to the left of a blue square.";
            assertThat(rewritten.encode(text)).containsExactly(plain.encode(text));
        }
    }

    @Test
    void tokenizersThatSpellBytesOtherwiseAreRefused() throws IOException {
        ObjectNode withoutFallback = demo();
        ((ObjectNode) withoutFallback.get("model")).put("byte_fallback", false);
        refuses(withoutFallback);

        ObjectNode withoutBytes = demo();
        ((ObjectNode) withoutBytes.get("model").get("vocab")).remove("<0x0A>");
        refuses(withoutBytes);

        ObjectNode unigram = demo();
        ((ObjectNode) unigram.get("model")).put("type", "Unigram");
        refuses(unigram);

        refuses(JSON.createObjectNode());
    }

    private void refuses(ObjectNode root) throws IOException {
        JSON.writeValue(source.toFile(), root);
        assertThatExceptionOfType(TokenizerException.class)
                .isThrownBy(() -> TokenizerJson.rewrite(source, target))
                .withMessageContainingAll("source.json", "LLaMA");
        assertThat(target).doesNotExist();
    }

    private ObjectNode demo() throws IOException {
        TokenizerJson.write(Tokenizers.demoModel(), source);
        return (ObjectNode) JSON.readTree(source.toFile());
    }
}
