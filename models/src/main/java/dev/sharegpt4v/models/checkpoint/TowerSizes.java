package dev.sharegpt4v.models.checkpoint;

import java.util.Map;

/**
 * Sizes of a CLIP tower that hold where its configuration leaves them out.
 *
 * @param hidden channels
 * @param intermediate channels inside the MLP
 * @param layers number of layers
 * @param heads attention heads
 * @param imageSize side of the input in pixels
 * @param patchSize side of a patch in pixels
 */
record TowerSizes(int hidden, int intermediate, int layers, int heads, int imageSize, int patchSize) {

    /** Of transformers' CLIPVisionConfig. */
    static final TowerSizes CLIP_DEFAULTS = new TowerSizes(768, 3_072, 12, 12, 224, 32);

    /** Of transformers' LlavaConfig without a {@code vision_config}. */
    static final TowerSizes CLIP_LARGE_336 = new TowerSizes(1_024, 4_096, 24, 16, 336, 14);

    /** Every published CLIP tower has heads of 64 channels. */
    private static final int HEAD_SIZE = 64;

    /** Sizes of a tower without a configuration, from the shapes of its tensors. */
    static TowerSizes ofTensors(ConfigNumbers config, Map<String, MappedTensor> tensors) {
        long[] patch = shape(config, tensors, "vision.embeddings.patch_embedding.weight", 4);
        long[] positions = shape(config, tensors, "vision.embeddings.position_embedding.weight", 2);
        long[] inner = shape(config, tensors, "vision.encoder.layers.0.mlp.fc1.weight", 2);
        long side = Math.round(Math.sqrt(positions[0] - 1.0));
        if (side < 1 || side * side != positions[0] - 1 || patch[0] % HEAD_SIZE != 0) {
            throw config.refusal("the vision tower's sizes cannot be told from its tensors; give the folder with its"
                    + " config.json with --vision-tower");
        }
        int layers = 0;
        while (tensors.containsKey("vision.encoder.layers." + layers + ".mlp.fc1.weight")) {
            layers++;
        }
        return new TowerSizes(
                (int) patch[0], (int) inner[0], layers, (int) patch[0] / HEAD_SIZE, (int) (side * patch[3]), (int)
                        patch[3]);
    }

    private static long[] shape(ConfigNumbers config, Map<String, MappedTensor> tensors, String name, int dimensions) {
        MappedTensor tensor = tensors.get(name);
        if (tensor == null) {
            throw config.refusal("the checkpoint's vision tower lacks the tensor " + name);
        }
        for (long dimension : tensor.shape()) {
            if (dimension < 1 || dimension > 1 << 20) {
                throw config.refusal("tensor " + tensor.name() + " has an impossible shape");
            }
        }
        if (tensor.shape().length != dimensions) {
            throw config.refusal("tensor " + tensor.name() + " has an impossible shape");
        }
        return tensor.shape();
    }
}
