package dev.sharegpt4v.models.testing;

import dev.sharegpt4v.models.text.SentencePieceModel;
import dev.sharegpt4v.models.text.Tokenizer;
import dev.sharegpt4v.models.text.TokenizerJson;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Tokenizers for tests. */
public final class Tokenizers {

    private Tokenizers() {}

    /** The demo model's small tokenizer. */
    public static Tokenizer demo() {
        return of(demoModel());
    }

    /** The demo model's SentencePiece model. */
    public static SentencePieceModel demoModel() {
        try (InputStream input = Tokenizers.class.getResourceAsStream("/demo/tokenizer.model")) {
            Path file = Files.createTempFile("tokenizer", ".model");
            try {
                Files.write(file, input.readAllBytes());
                return SentencePieceModel.read(file);
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** LLaMA's tokenizer; skips the test where the fixture is missing. */
    public static Tokenizer llama() {
        return of(llamaModel());
    }

    /** LLaMA's SentencePiece model; skips the test where the fixture is missing. */
    public static SentencePieceModel llamaModel() {
        return SentencePieceModel.read(SharedData.path("tokenizer/tokenizer.model"));
    }

    private static Tokenizer of(SentencePieceModel model) {
        try {
            Path file = Files.createTempFile("tokenizer", ".json");
            try {
                TokenizerJson.write(model, file);
                return Tokenizer.load(file);
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
