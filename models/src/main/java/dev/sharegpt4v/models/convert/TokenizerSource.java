package dev.sharegpt4v.models.convert;

import dev.sharegpt4v.models.text.SentencePieceModel;
import dev.sharegpt4v.models.text.TokenizerException;
import dev.sharegpt4v.models.text.TokenizerJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where a package's tokenizer comes from. */
@FunctionalInterface
public interface TokenizerSource {

    /**
     * Writes {@code tokenizer.json} to the given place.
     *
     * @throws TokenizerException when there is no usable tokenizer
     */
    void write(Path target) throws IOException;

    /** The tokenizer in a folder, {@code tokenizer.model} before {@code tokenizer.json}. */
    static TokenizerSource of(Path folder) {
        return target -> {
            Path model = folder.resolve("tokenizer.model");
            Path json = folder.resolve("tokenizer.json");
            if (Files.isRegularFile(model)) {
                TokenizerJson.write(SentencePieceModel.read(model), target);
            } else if (Files.isRegularFile(json)) {
                TokenizerJson.rewrite(json, target);
            } else {
                throw new TokenizerException(folder + ": holds neither tokenizer.model nor tokenizer.json");
            }
        };
    }

    /** A tokenizer of the given size for a model that was never trained. */
    static TokenizerSource synthetic(int vocabularySize) {
        return target -> TokenizerJson.write(SyntheticVocabulary.ofSize(vocabularySize), target);
    }
}
