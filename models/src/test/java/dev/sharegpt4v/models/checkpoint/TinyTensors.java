package dev.sharegpt4v.models.checkpoint;

import dev.sharegpt4v.models.image.Preprocessing;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Names and shapes of the smallest checkpoint in LLaVA's own layout with an embedded tower. */
final class TinyTensors {

    static final String CONFIG = """
            {"model_type":"llava","hidden_size":16,"intermediate_size":8,"num_hidden_layers":1,"num_attention_heads":1,
            "vocab_size":8,"tie_word_embeddings":false,"mm_projector_type":"linear","mm_vision_tower":"example/tower"}""";

    private TinyTensors() {}

    /** A decoder of one layer and 16 channels; a tower of two layers for images of 6 pixels in patches of 2. */
    static Map<String, long[]> original(int visionHidden) {
        VisionConfig vision = new VisionConfig(visionHidden, 8, 2, 1, 6, 2, 1e-5, "quick_gelu", -1, false);
        Map<String, long[]> tensors = new TreeMap<>();
        ExpectedTensors.of(config(vision)).forEach((name, shape) -> tensors.put(published(name), shape));
        return tensors;
    }

    /** Bytes of a float32 tensor. */
    static long bytes(long[] shape) {
        long bytes = Float.BYTES;
        for (long dimension : shape) {
            bytes *= dimension;
        }
        return bytes;
    }

    private static CheckpointConfig config(VisionConfig vision) {
        DecoderConfig decoder = new DecoderConfig(16, 8, 1, 1, 1, 16, 8, 2_048, 1e-6, 10_000);
        return new CheckpointConfig(
                "tiny",
                CheckpointConfig.Layout.ORIGINAL,
                decoder,
                vision,
                1,
                new Preprocessing(false, 6, 6, Preprocessing.CLIP_MEAN, Preprocessing.CLIP_STD),
                new GenerationDefaults(
                        Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), List.of(2)),
                1,
                2,
                8);
    }

    private static String published(String canonical) {
        return canonical
                .replaceFirst("^text\\.", "model.")
                .replaceFirst("^vision\\.", "model.vision_tower.vision_tower.vision_model.")
                .replaceFirst("^projector\\.1\\.", "model.mm_projector.");
    }
}
