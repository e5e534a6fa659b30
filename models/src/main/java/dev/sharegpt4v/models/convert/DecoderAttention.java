package dev.sharegpt4v.models.convert;

/** Writes the attention of a decoder's layers, which is what the graphs of different devices differ in. */
interface DecoderAttention {

    /** Type of queries, keys, values and outputs, and so of all values between the decoder's operators. */
    OnnxType type();

    /** Declares what the nodes share, beside the inputs that every decoder has; called once, before any node. */
    void declare(Graph graph);

    /**
     * Adds the node of one layer, which rotates, writes keys and values to the cache, and attends.
     *
     * @param queriesKeysValues {@code [tokens, (heads + 2 * kvHeads) * headSize]}
     * @return {@code [tokens, heads * headSize]}
     */
    String add(Graph graph, int layer, String name, String queriesKeysValues);
}
