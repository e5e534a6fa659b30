package dev.sharegpt4v.models.convert;

import dev.sharegpt4v.models.checkpoint.TensorSource;
import dev.sharegpt4v.models.checkpoint.VisionConfig;
import java.util.Optional;

/**
 * Writes the vision tower and the projector: pixels in, rows that stand between token embeddings out. See
 * docs/graphs.md.
 *
 * <p>Outside attention the tokens of all images are the rows of one matrix.
 */
final class VisionGraph {

    private static final String PACKED = "packed.shape";
    private static final String BY_IMAGE = "by_image.shape";

    private final VisionConfig config;
    private final TensorSource tensors;
    private final OnnxType activations;
    private final Graph graph = new Graph("vision");
    private final LinearLayers linear;

    private VisionGraph(VisionConfig config, TensorSource tensors, MatrixFormat format, OnnxType activations) {
        this.config = config;
        this.tensors = tensors;
        this.activations = activations;
        this.linear = new LinearLayers(graph, format, activations);
    }

    /**
     * The graph of a tower and its projector.
     *
     * @param format of the matrices
     * @param activations type of the values between operators; pixels and features are floats always
     * @param projectorLayers linear layers of the projector, 0 for none
     * @param outputSize channels of an output row: the decoder's hidden size
     */
    static Graph of(
            VisionConfig config,
            TensorSource tensors,
            MatrixFormat format,
            OnnxType activations,
            int projectorLayers,
            int outputSize) {
        if (config.hiddenSize() % config.heads() != 0) {
            throw unsupported(
                    "a vision tower of %d channels and %d heads".formatted(config.hiddenSize(), config.heads()));
        }
        if (projectorLayers == 0 && config.hiddenSize() != outputSize) {
            throw unsupported(
                    "an identity projector from %d to %d channels".formatted(config.hiddenSize(), outputSize));
        }
        return new VisionGraph(config, tensors, format, activations).write(projectorLayers, outputSize);
    }

    private Graph write(int projectorLayers, int outputSize) {
        Dimension images = Dimension.of("images");
        Dimension side = Dimension.of(config.imageSize());
        String pixels = graph.input("pixel_values", OnnxType.FLOAT, images, Dimension.of(3), side, side);
        graph.constant(PACKED, -1, config.hiddenSize());
        graph.constant(BY_IMAGE, -1, config.patches() + 1, config.hiddenSize());

        String embeddings = new PatchEmbedding(graph, config, tensors, activations).add(pixels);
        String states = norm("pre_layrnorm", reshape("embeddings.packed", embeddings, PACKED));
        for (int layer = 0; layer < config.layersToRun(); layer++) {
            states = layer("encoder.layers." + layer, states);
        }
        String features = config.keepClassToken() ? states : withoutClassToken(states);
        String projected = project(features, projectorLayers, outputSize);
        graph.output(
                "image_features",
                graph.node(
                        Graph.ONNX,
                        "Reshape",
                        "projected.by_image",
                        projected,
                        graph.constant("image_features.shape", -1, config.featureRows(), outputSize)),
                activations,
                images,
                Dimension.of(config.featureRows()),
                Dimension.of(outputSize));
        return graph;
    }

    private String layer(String name, String states) {
        int hidden = config.hiddenSize();
        int inner = config.intermediateSize();
        String attended = attention(name + ".self_attn", norm(name + ".layer_norm1", states));
        String middle = sum(name + ".attention_sum", states, attended);
        String wide = linear(name + ".mlp.fc1", norm(name + ".layer_norm2", middle), inner, hidden);
        String narrow = linear(name + ".mlp.fc2", activation(name + ".mlp.activation", wide), hidden, inner);
        return sum(name + ".sum", middle, narrow);
    }

    private String attention(String name, String normed) {
        int hidden = config.hiddenSize();
        String attended = graph.node(
                        Graph.MICROSOFT,
                        "MultiHeadAttention",
                        name,
                        reshape(name + ".q", linear(name + ".q_proj", normed, hidden, hidden), BY_IMAGE),
                        reshape(name + ".k", linear(name + ".k_proj", normed, hidden, hidden), BY_IMAGE),
                        reshape(name + ".v", linear(name + ".v_proj", normed, hidden, hidden), BY_IMAGE))
                .with("num_heads", config.heads())
                .output();
        return linear(name + ".out_proj", reshape(name + ".packed", attended, PACKED), hidden, hidden);
    }

    private String activation(String name, String input) {
        return switch (config.activation()) {
            case "quick_gelu" ->
                graph.node(Graph.MICROSOFT, "QuickGelu", name, input)
                        .with("alpha", 1.702f)
                        .output();
            case "gelu" -> gelu(name, input);
            default -> throw unsupported("a vision tower with the activation " + config.activation());
        };
    }

    private String withoutClassToken(String states) {
        String patches = graph.node(
                        Graph.ONNX,
                        "Slice",
                        "features.patches",
                        reshape("features.by_image", states, BY_IMAGE),
                        graph.constant("features.starts", 1),
                        graph.constant("features.ends", config.patches() + 1),
                        graph.constant("features.axes", 1))
                .output();
        return reshape("features.packed", patches, PACKED);
    }

    /** Linear layers with exact GELU between them. */
    private String project(String features, int layers, int outputSize) {
        String output = features;
        for (int layer = 1; layer <= layers; layer++) {
            String name = "projector." + layer;
            String input = layer == 1 ? output : gelu(name + ".activation", output);
            int inputSize = layer == 1 ? config.hiddenSize() : outputSize;
            output = linear.layer(
                            name,
                            input,
                            Rows.of(tensors.tensor(name + ".weight"), outputSize, inputSize),
                            Optional.of(Rows.vector(tensors.tensor(name + ".bias"), outputSize)))
                    .output();
        }
        return output;
    }

    private String gelu(String name, String input) {
        return graph.node(Graph.MICROSOFT, "Gelu", name, input).output();
    }

    private String norm(String name, String input) {
        return graph.node(
                        Graph.ONNX, "LayerNormalization", name, input, vector(name + ".weight"), vector(name + ".bias"))
                .with("axis", -1)
                .with("epsilon", (float) config.layerNormEpsilon())
                .output();
    }

    private String vector(String name) {
        Rows row = Rows.vector(tensors.tensor("vision." + name), config.hiddenSize());
        return graph.weight(FloatWeights.vector(name, activations, row));
    }

    private String linear(String name, String input, int outputs, int inputs) {
        String source = "vision." + name;
        return linear.layer(
                        name,
                        input,
                        Rows.of(tensors.tensor(source + ".weight"), outputs, inputs),
                        Optional.of(Rows.vector(tensors.tensor(source + ".bias"), outputs)))
                .output();
    }

    private String sum(String name, String left, String right) {
        return graph.node(Graph.ONNX, "Add", name, left, right).output();
    }

    private String reshape(String name, String input, String shape) {
        return graph.node(Graph.ONNX, "Reshape", name, input, shape).output();
    }

    private static ConversionException unsupported(String what) {
        return new ConversionException(ConversionException.Kind.UNSUPPORTED_MODEL, what + " is not supported");
    }
}
