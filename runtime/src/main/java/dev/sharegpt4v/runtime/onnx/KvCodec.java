package dev.sharegpt4v.runtime.onnx;

import java.lang.foreign.MemorySegment;

/**
 * The loops over the elements of one storage format: one class a format, whose vectors never leave it.
 *
 * <p>What is behind the panels (see {@link KvLayout}) is applied to scores and weights and not to elements.
 */
sealed interface KvCodec permits Fp32Codec, Fp16Codec, Int8Codec {

    static KvCodec of(KvLayout layout) {
        return switch (layout.format()) {
            case FP32 -> new Fp32Codec(layout);
            case FP16 -> new Fp16Codec(layout);
            case INT8 -> new Int8Codec(layout);
        };
    }

    /**
     * Sums of a panel's rows: {@code sums = sums · keep + Σ weights[row] · panel[row]}, for {@link KvLayout#PANEL} sums.
     *
     * @param panel first byte of the panel
     * @param rows to add up
     * @param at first of the sums
     */
    void multiply(MemorySegment bytes, long panel, float[] weights, int rows, float[] sums, int at, float keep);

    /** Elements of a panel's rows as floats, row by row. */
    void unpack(MemorySegment bytes, long panel, int rows, float[] target, int at);

    /** Writes the key of a block's token. */
    void writeKey(MemorySegment bytes, long keys, int token, float[] key);

    /** Writes the value of a block's token, whose keys stand at {@code keys} and were written before. */
    void writeValue(MemorySegment bytes, long keys, long values, int token, float[] value);

    /** Makes scores of what {@link #multiply} gave for the keys of a block. */
    void scaleScores(MemorySegment bytes, long keys, float[] scores, int from, int count);

    /** Makes weights for {@link #multiply} of weights of the values of a block. */
    void scaleWeights(MemorySegment bytes, long values, float[] weights, int from, int count);
}
