package dev.sharegpt4v.models.convert;

import dev.sharegpt4v.models.checkpoint.TensorSource;
import dev.sharegpt4v.models.checkpoint.VisionConfig;
import java.util.List;
import java.util.Optional;

/**
 * Writes the way from pixels to the tower's first states.
 *
 * <p>Patches do not overlap, so their convolution is a matrix product on rearranged pixels. It is computed in the precision
 * of the activations whatever the format of the other matrices: it is small, and every later value depends on it. Pixels are
 * rearranged as the floats that they come as, since not every kernel for that takes bf16.
 */
final class PatchEmbedding {

    private static final int CHANNELS = 3;

    private final Graph graph;
    private final VisionConfig config;
    private final TensorSource tensors;
    private final OnnxType activations;

    PatchEmbedding(Graph graph, VisionConfig config, TensorSource tensors, OnnxType activations) {
        this.graph = graph;
        this.config = config;
        this.tensors = tensors;
        this.activations = activations;
    }

    /**
     * Adds the embedding.
     *
     * @param pixels float {@code [images, 3, side, side]}
     * @return {@code [images, 1 + patches, hidden]}: the class token, then patches row by row; positions added
     */
    String add(String pixels) {
        int hidden = config.hiddenSize();
        Rows kernel = Rows.of(tensors.tensor("vision.embeddings.patch_embedding.weight"), hidden, pixelsPerPatch());
        String patches = graph.cast("patches.narrowed", withEmptyPatch(patches(pixels)), OnnxType.FLOAT, activations);
        String embedded = new LinearLayers(graph, new MatrixFormat.Full(activations), activations)
                .layer("patch_embedding", patches, kernel, Optional.empty())
                .output();
        String byImage = reshape("patch_embedding.by_image", embedded, -1, config.patches() + 1, hidden);
        return graph.node(Graph.ONNX, "Add", "embeddings", byImage, graph.weight(positions()))
                .output();
    }

    /** An empty patch before the first makes room for the class token, which the position table already holds. */
    private String withEmptyPatch(String patches) {
        String padded = graph.node(
                        Graph.ONNX, "Pad", "patches.padded", patches, graph.constant("patches.pads", 0, 1, 0, 0, 0, 0))
                .output();
        return reshape("patches.packed", padded, -1, pixelsPerPatch());
    }

    private Weight positions() {
        int hidden = config.hiddenSize();
        Rows table =
                Rows.of(tensors.tensor("vision.embeddings.position_embedding.weight"), config.patches() + 1, hidden);
        Rows classToken = Rows.vector(tensors.tensor("vision.embeddings.class_embedding"), hidden);
        return FloatWeights.matrix("position_embedding", activations, new FirstRowPlus(table, classToken));
    }

    /** [images, patches, pixels of a patch], in the order of the convolution's kernel: channel, row, column. */
    private String patches(String pixels) {
        int patch = config.patchSize();
        long side = config.imageSize() / patch;
        String cut = pixels;
        if (side * patch != config.imageSize()) {
            cut = graph.node(
                            Graph.ONNX,
                            "Slice",
                            "pixels.whole_patches",
                            pixels,
                            graph.constant("pixels.starts", 0, 0),
                            graph.constant("pixels.ends", side * patch, side * patch),
                            graph.constant("pixels.axes", 2, 3))
                    .output();
        }
        String split = reshape("pixels.split", cut, -1, CHANNELS, side, patch, side, patch);
        String grouped = graph.node(Graph.ONNX, "Transpose", "pixels.by_patch", split)
                .with("perm", List.of(0L, 2L, 4L, 1L, 3L, 5L))
                .output();
        return reshape("patches", grouped, -1, config.patches(), pixelsPerPatch());
    }

    private int pixelsPerPatch() {
        return CHANNELS * config.patchSize() * config.patchSize();
    }

    private String reshape(String name, String input, long... shape) {
        return graph.node(Graph.ONNX, "Reshape", name, input, graph.constant(name + ".shape", shape))
                .output();
    }
}
