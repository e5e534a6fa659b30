package dev.sharegpt4v.models.convert;

import dev.sharegpt4v.models.checkpoint.DecoderConfig;
import dev.sharegpt4v.models.checkpoint.TensorSource;
import java.util.List;
import java.util.Optional;

/**
 * Writes the decoder: packed tokens of many sequences in, logits of the asked rows out. See docs/graphs.md.
 *
 * <p>Rows that nobody asks logits of leave the graph after the last layer's attention, since only their keys and values
 * matter from there on.
 */
final class DecoderGraph {

    private final DecoderConfig config;
    private final TensorSource tensors;
    private final MatrixFormat format;
    private final DecoderAttention attention;
    private final OnnxType activations;
    private final Graph graph = new Graph("decoder");
    private final LinearLayers linear;

    private DecoderGraph(DecoderConfig config, TensorSource tensors, MatrixFormat format, DecoderAttention attention) {
        this.config = config;
        this.tensors = tensors;
        this.format = format;
        this.attention = attention;
        this.activations = attention.type();
        this.linear = new LinearLayers(graph, format, activations);
    }

    /** The graph of a decoder whose matrices are stored in a format, and whose values have the attention's type. */
    static Graph of(DecoderConfig config, TensorSource tensors, MatrixFormat format, DecoderAttention attention) {
        if (config.headSize() % 2 != 0 || config.heads() % config.kvHeads() != 0) {
            throw new ConversionException(
                    ConversionException.Kind.UNSUPPORTED_MODEL,
                    "attention with %d heads over %d, of %d channels each"
                            .formatted(config.heads(), config.kvHeads(), config.headSize()));
        }
        return new DecoderGraph(config, tensors, format, attention).write();
    }

    private Graph write() {
        declareInputs();
        attention.declare(graph);

        String residual = embeddings();
        String normed = graph.node(
                        Graph.ONNX,
                        "SimplifiedLayerNormalization",
                        "layers.0.input_layernorm",
                        residual,
                        gamma("layers.0.input_layernorm"))
                .with("axis", -1)
                .with("epsilon", (float) config.rmsNormEpsilon())
                .output();
        for (int layer = 0; layer < config.layers(); layer++) {
            String name = "layers." + layer;
            boolean last = layer == config.layers() - 1;
            String attended = attention(layer, normed);
            if (last) {
                attended = askedRows(name + ".asked.attention", attended);
                residual = askedRows(name + ".asked.residual", residual);
            }
            String projected = matrix(name + ".self_attn.o_proj", attended, config.hiddenSize(), attentionSize());
            String inner = addAndNorm(name + ".post_attention_layernorm", residual, projected);
            String outer = last ? "norm" : "layers." + (layer + 1) + ".input_layernorm";
            normed = addAndNorm(outer, sumOf(name + ".post_attention_layernorm"), mlp(name + ".mlp", inner));
            residual = sumOf(outer);
        }
        graph.output(
                "logits",
                linear("lm_head", normed, rows("lm_head.weight", config.vocabularySize(), config.hiddenSize())),
                activations,
                Dimension.of("rows"),
                Dimension.of(config.vocabularySize()));
        return graph;
    }

    private void declareInputs() {
        Dimension tokens = Dimension.of("tokens");
        graph.input("input_ids", OnnxType.INT64, tokens);
        graph.input("image_features", OnnxType.FLOAT, Dimension.of("features"), Dimension.of(config.hiddenSize()));
        graph.input("image_positions", OnnxType.INT64, Dimension.of("features"));
        graph.input("logit_rows", OnnxType.INT64, Dimension.of("rows"));
        graph.input("cumulative_sequence_length", OnnxType.INT32, Dimension.of("sequences + 1"));
        graph.input("past_sequence_length", OnnxType.INT32, Dimension.of("sequences"));
        graph.input("block_table", OnnxType.INT32, Dimension.of("sequences"), Dimension.of("blocks"));
        graph.input("slot_mapping", OnnxType.INT32, tokens);
    }

    /** Token embeddings [tokens, hidden], with image features in the places that are theirs. */
    private String embeddings() {
        OnnxType stored = tableType();
        String table = graph.weight(FloatWeights.matrix(
                "embed_tokens.weight",
                stored,
                rows("text.embed_tokens.weight", config.vocabularySize(), config.hiddenSize())));
        String gathered = graph.node(Graph.ONNX, "Gather", "embed_tokens", table, "input_ids")
                .output();
        String tokens = graph.cast("embed_tokens.widened", gathered, stored, activations);
        String features = graph.cast("image_features.narrowed", "image_features", OnnxType.FLOAT, activations);
        String places = graph.node(
                        Graph.ONNX,
                        "Unsqueeze",
                        "image_positions.column",
                        "image_positions",
                        graph.constant("image_positions.axis", 1))
                .output();
        return graph.node(Graph.ONNX, "ScatterND", "embeddings", tokens, places, features)
                .output();
    }

    /** The table is never quantised, and never wider than it has to be. */
    private OnnxType tableType() {
        if (activations != OnnxType.FLOAT) {
            return activations;
        }
        return format.equals(new MatrixFormat.Full(OnnxType.FLOAT)) ? OnnxType.FLOAT : OnnxType.FLOAT16;
    }

    private String attention(int layer, String normed) {
        String name = "layers." + layer + ".self_attn";
        String source = "text." + name;
        int keyValueSize = config.kvHeads() * config.headSize();
        Rows weights = new StackedRows(
                source + ".qkv_proj",
                List.of(
                        rows(source + ".q_proj.weight", attentionSize(), config.hiddenSize()),
                        rows(source + ".k_proj.weight", keyValueSize, config.hiddenSize()),
                        rows(source + ".v_proj.weight", keyValueSize, config.hiddenSize())));
        String queriesKeysValues = linear(name + ".qkv_proj", normed, weights).output();
        return attention.add(graph, layer, name, queriesKeysValues);
    }

    private String mlp(String name, String input) {
        String gate = matrix(name + ".gate_proj", input, config.intermediateSize(), config.hiddenSize());
        String up = matrix(name + ".up_proj", input, config.intermediateSize(), config.hiddenSize());
        String activated = graph.node(Graph.MICROSOFT, "QuickGelu", name + ".silu", gate)
                .with("alpha", 1f)
                .output();
        String product =
                graph.node(Graph.ONNX, "Mul", name + ".product", activated, up).output();
        return matrix(name + ".down_proj", product, config.hiddenSize(), config.intermediateSize());
    }

    /** Adds to the residual stream and normalises; {@link #sumOf} names the new residual stream. */
    private String addAndNorm(String name, String residual, String addend) {
        return graph.node(Graph.MICROSOFT, "SkipSimplifiedLayerNormalization", name, residual, addend, gamma(name))
                .with("epsilon", (float) config.rmsNormEpsilon())
                .outputs(name, "", "", sumOf(name));
    }

    private static String sumOf(String name) {
        return name + ".sum";
    }

    private String askedRows(String name, String input) {
        return graph.node(Graph.ONNX, "Gather", name, input, "logit_rows").output();
    }

    private String gamma(String name) {
        Rows row = Rows.vector(tensors.tensor("text." + name + ".weight"), config.hiddenSize());
        return graph.weight(FloatWeights.vector(name + ".weight", activations, row));
    }

    private String matrix(String name, String input, int outputs, int inputs) {
        return linear(name, input, rows("text." + name + ".weight", outputs, inputs))
                .output();
    }

    private Node linear(String name, String input, Rows weights) {
        return linear.layer(name, input, weights, Optional.empty());
    }

    private Rows rows(String name, int rows, int columns) {
        return Rows.of(tensors.tensor(name), rows, columns);
    }

    private int attentionSize() {
        return config.heads() * config.headSize();
    }
}
