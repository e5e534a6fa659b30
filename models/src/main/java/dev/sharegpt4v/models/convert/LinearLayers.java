package dev.sharegpt4v.models.convert;

import java.util.Optional;

/** Writes linear layers {@code y = x Wᵀ + b} on packed rows, in one format, between values of one type. */
final class LinearLayers {

    /** Activations are rounded to eight bits per block too, which is what makes the CPU's integer kernels fast. */
    private static final int INTEGER_ACCURACY = 4;

    /** Activations stay as they are. */
    private static final int FULL_ACCURACY = 0;

    private final Graph graph;
    private final MatrixFormat format;
    private final OnnxType activations;

    LinearLayers(Graph graph, MatrixFormat format, OnnxType activations) {
        this.graph = graph;
        this.format = format;
        this.activations = activations;
    }

    /**
     * Starts a layer; its output is {@code [n, outputs]} in the type of the activations.
     *
     * @param name of the layer, without {@code .weight}
     * @param input {@code [n, columns]} in the same type
     * @param weights {@code [outputs, columns]}, as checkpoints store them
     * @param bias one row of {@code outputs} values
     */
    Node layer(String name, String input, Rows weights, Optional<Rows> bias) {
        String biasName = bias.map(row -> graph.weight(FloatWeights.vector(name + ".bias", activations, row)))
                .orElse("");
        return switch (format) {
            case MatrixFormat.Full(OnnxType type) -> full(name, input, weights, biasName, type);
            case MatrixFormat.Blocks(Quantisation quantisation) -> blocks(name, input, weights, biasName, quantisation);
        };
    }

    private Node full(String name, String input, Rows weights, String bias, OnnxType type) {
        String stored = graph.weight(FloatWeights.matrix(name + ".weight", type, weights));
        String weight = graph.cast(name + ".weight.widened", stored, type, activations);
        return graph.node(Graph.ONNX, "Gemm", name, input, weight, bias).with("transB", 1);
    }

    private Node blocks(String name, String input, Rows weights, String bias, Quantisation quantisation) {
        BlockWeights blocks = new BlockWeights(name, weights, quantisation);
        String codes = graph.weight(blocks.codes());
        String scales = graph.weight(blocks.scales());
        String zeroPoints = quantisation.symmetric() ? "" : graph.weight(blocks.zeroPoints());
        return graph.node(Graph.MICROSOFT, "MatMulNBits", name, input, codes, scales, zeroPoints, "", bias)
                .with("K", weights.columns())
                .with("N", weights.count())
                .with("bits", quantisation.bits())
                .with("block_size", quantisation.blockSize())
                .with("accuracy_level", activations == OnnxType.FLOAT ? INTEGER_ACCURACY : FULL_ACCURACY);
    }
}
