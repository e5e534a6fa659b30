package dev.sharegpt4v.models.convert;

/** How the matrices of one graph are stored and multiplied. */
sealed interface MatrixFormat {

    /** Floating point; what is narrower than the activations is widened when the graph is loaded. */
    record Full(OnnxType type) implements MatrixFormat {}

    /** Rounded in blocks. */
    record Blocks(Quantisation quantisation) implements MatrixFormat {}
}
