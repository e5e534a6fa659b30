package dev.sharegpt4v.models.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Converted checkpoints carry an image token, a pad token and filler rows after the tokenizer's own pieces, none of them
 * meant to be sampled.
 */
final class SampledVocabulary {

    /** The image token's id when a configuration leaves it out, as in transformers. */
    private static final int DEFAULT_IMAGE_TOKEN = 32_000;

    private static final int LAST_CONTROL_TOKEN = 2;

    private SampledVocabulary() {}

    /** The first id that is never sampled, or the whole vocabulary. */
    static int of(Path folder, ConfigNumbers config, int vocabulary) {
        int image = config.integer("image_token_index", config.integer("image_token_id", DEFAULT_IMAGE_TOKEN));
        if (image < 0) {
            throw config.refusal("an image token of " + image + " is not an id");
        }
        int first = Math.min(image, vocabulary);
        Path added = folder.resolve("added_tokens.json");
        if (Files.isRegularFile(added)) {
            for (JsonNode id : Json.read(added)) {
                if (!id.canConvertToInt() || id.intValue() < 0) {
                    throw new CheckpointException(added + ": " + id + " is not an id");
                }
                // Old tokenizers list <unk>, <s> and </s> here too.
                first = id.intValue() > LAST_CONTROL_TOKEN ? Math.min(first, id.intValue()) : first;
            }
        }
        if (first <= LAST_CONTROL_TOKEN) {
            throw config.refusal("an image token of " + image + " leaves no vocabulary");
        }
        return first;
    }
}
