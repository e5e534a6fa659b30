package dev.sharegpt4v.models.convert;

import dev.sharegpt4v.models.checkpoint.DecoderConfig;

/**
 * Attention by ONNX Runtime's {@code com.microsoft.PagedAttention}, which has kernels on CUDA alone. Keys and values are
 * inputs of the graph and are written in place: the node has no outputs for them.
 *
 * <p>Source: docs/contrib_ops/cuda/paged_attention.md of ONNX Runtime 1.29.
 *
 * @param type fp16 or bf16, which the kernels take; any other for tests of the graph
 */
record CudaAttention(DecoderConfig config, OnnxType type) implements DecoderAttention {

    /** The rotary tables' rows are read eight elements at a time, and hold half a head. */
    private static final int HEAD_MULTIPLE = 16;

    /** An input of a node that is left out. */
    private static final String ABSENT = "";

    CudaAttention {
        if (config.headSize() % HEAD_MULTIPLE != 0) {
            throw new ConversionException(
                    ConversionException.Kind.UNSUPPORTED_MODEL,
                    "attention on CUDA takes heads of a multiple of %d channels, and this model's have %d"
                            .formatted(HEAD_MULTIPLE, config.headSize()));
        }
    }

    /** The graph's input that holds a layer's keys. */
    static String keys(int layer) {
        return "key_cache." + layer;
    }

    /** The graph's input that holds a layer's values. */
    static String values(int layer) {
        return "value_cache." + layer;
    }

    @Override
    public void declare(Graph graph) {
        graph.input("attention_metadata", OnnxType.INT32, Dimension.of(2));
        Dimension[] cache = {
            Dimension.of("cache blocks"),
            Dimension.of("block size"),
            Dimension.of(config.kvHeads()),
            Dimension.of(config.headSize())
        };
        for (int layer = 0; layer < config.layers(); layer++) {
            graph.input(keys(layer), type, cache);
            graph.input(values(layer), type, cache);
        }
        RotaryTable.add(graph, config, type);
    }

    @Override
    public String add(Graph graph, int layer, String name, String queriesKeysValues) {
        return graph.node(
                        Graph.MICROSOFT,
                        "PagedAttention",
                        name,
                        // One packed matrix takes the places of query, key and value.
                        queriesKeysValues,
                        ABSENT,
                        ABSENT,
                        keys(layer),
                        values(layer),
                        "cumulative_sequence_length",
                        "past_sequence_length",
                        "block_table",
                        RotaryTable.COSINES,
                        RotaryTable.SINES,
                        "slot_mapping",
                        // Head sink, norms of queries and keys, scales of a quantised cache.
                        ABSENT,
                        ABSENT,
                        ABSENT,
                        ABSENT,
                        ABSENT,
                        "attention_metadata")
                .with("num_heads", config.heads())
                .with("kv_num_heads", config.kvHeads())
                .with("scale", (float) (1 / Math.sqrt(config.headSize())))
                .with("do_rotary", 1)
                .with("rotary_interleaved", 0)
                .output();
    }
}
