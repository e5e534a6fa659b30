package dev.sharegpt4v.runtime.onnx;

import java.lang.foreign.MemorySegment;

/** Working memory of one thread; the arrays grow and are used again. */
final class AttentionScratch {

    private static final ThreadLocal<AttentionScratch> OWN = ThreadLocal.withInitial(AttentionScratch::new);

    private float[] query = new float[0];
    private float[] scores = new float[0];
    private float[] transposed = new float[0];
    private float[] sums = new float[0];
    private float[] state = new float[0];
    private float[] block = new float[0];
    private float[] partials = new float[0];

    static AttentionScratch own() {
        return OWN.get();
    }

    float[] query(int size) {
        query = query.length < size ? new float[size] : query;
        return query;
    }

    float[] scores(int size) {
        scores = scores.length < size ? new float[size] : scores;
        return scores;
    }

    float[] transposed(int size) {
        transposed = transposed.length < size ? new float[size] : transposed;
        return transposed;
    }

    float[] sums(int size) {
        sums = sums.length < size ? new float[size] : sums;
        return sums;
    }

    float[] state(int size) {
        state = state.length < size ? new float[size] : state;
        return state;
    }

    float[] partials(int size) {
        partials = partials.length < size ? new float[size] : partials;
        return partials;
    }

    float[] block(int size) {
        block = block.length < size ? new float[size] : block;
        return block;
    }

    /** A view of an array as memory, to write rotated heads into. */
    static MemorySegment view(float[] array) {
        return MemorySegment.ofArray(array);
    }
}
