package dev.sharegpt4v.models.checkpoint;

/**
 * Sizes of a CLIP vision tower, and which of its states are the features.
 *
 * @param hiddenSize channels
 * @param intermediateSize channels inside the MLP
 * @param layers layers in the checkpoint
 * @param heads attention heads
 * @param imageSize side of the square input in pixels
 * @param patchSize side of a patch in pixels
 * @param layerNormEpsilon of every norm
 * @param activation {@code quick_gelu} or {@code gelu}
 * @param featureLayer index into the hidden states, as in {@code mm_vision_select_layer}: -2 runs all but the last layer
 * @param keepClassToken whether the class token stays among the features
 */
public record VisionConfig(
        int hiddenSize,
        int intermediateSize,
        int layers,
        int heads,
        int imageSize,
        int patchSize,
        double layerNormEpsilon,
        String activation,
        int featureLayer,
        boolean keepClassToken) {

    /** Patches of one image. */
    public int patches() {
        int side = imageSize / patchSize;
        return side * side;
    }

    /** Feature rows of one image. */
    public int featureRows() {
        return patches() + (keepClassToken ? 1 : 0);
    }

    /** Layers that must run to reach the feature layer. */
    public int layersToRun() {
        return featureLayer < 0 ? layers + 1 + featureLayer : featureLayer;
    }
}
