package dev.sharegpt4v.models.convert;

import dev.sharegpt4v.models.checkpoint.DecoderConfig;

/** Attention by our own operator, whose kernel owns the cache: the CPU's. */
record OwnAttention(DecoderConfig config) implements DecoderAttention {

    @Override
    public OnnxType type() {
        return OnnxType.FLOAT;
    }

    @Override
    public void declare(Graph graph) {
        RotaryTable.add(graph, config, type());
    }

    @Override
    public String add(Graph graph, int layer, String name, String queriesKeysValues) {
        return graph.node(
                        Graph.OWN,
                        "PagedAttention",
                        name,
                        queriesKeysValues,
                        "cumulative_sequence_length",
                        "past_sequence_length",
                        "block_table",
                        "slot_mapping",
                        RotaryTable.COSINES,
                        RotaryTable.SINES)
                .with("num_heads", config.heads())
                .with("kv_num_heads", config.kvHeads())
                .with("head_size", config.headSize())
                .with("layer", layer)
                .with("scale", (float) (1 / Math.sqrt(config.headSize())))
                .output();
    }
}
