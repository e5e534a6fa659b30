package dev.sharegpt4v.models.checkpoint;

import dev.sharegpt4v.models.image.Preprocessing;

/**
 * Everything the configuration files of a checkpoint say that a package needs.
 *
 * @param name the folder's or the configuration's own name
 * @param layout which of the published layouts it has
 * @param decoder the language model
 * @param vision the vision tower
 * @param projectorLayers linear layers of the projector with exact GELU between; 0 for identity
 * @param preprocessing how pixels become the tower's input
 * @param generation sampling defaults
 * @param beginToken id that starts a prompt
 * @param endToken id that ends an answer
 * @param sampledVocabularySize ids from here on are filler rows that are never sampled
 */
public record CheckpointConfig(
        String name,
        Layout layout,
        DecoderConfig decoder,
        VisionConfig vision,
        int projectorLayers,
        Preprocessing preprocessing,
        GenerationDefaults generation,
        int beginToken,
        int endToken,
        int sampledVocabularySize) {

    /** The two families of published layouts. */
    public enum Layout {
        /** ShareGPT4V and LLaVA as their authors published them: flat configuration with {@code mm_} keys. */
        ORIGINAL,
        /** Converted for transformers: nested {@code text_config} and {@code vision_config}. */
        TRANSFORMERS
    }
}
