package dev.sharegpt4v.models.checkpoint;

/** A tensor of a checkpoint, read on demand from a mapped file; valid while its {@link Checkpoint} is open. */
public interface TensorView {

    /** The name in the file, for messages. */
    String name();

    ElementType type();

    /** Dimensions, outermost first; empty for a scalar. */
    long[] shape();

    /** Number of elements. */
    default long elements() {
        long product = 1;
        for (long dimension : shape()) {
            product = Math.multiplyExact(product, dimension);
        }
        return product;
    }

    /**
     * Reads elements in row-major order, widened or rounded to float.
     *
     * @param first index of the first element
     * @param target receives {@code count} floats from {@code offset} on
     */
    void readFloats(long first, float[] target, int offset, int count);

    /**
     * All elements as floats; for tensors that fit an array.
     *
     * @throws CheckpointException when they do not, or when they are no floating-point numbers
     */
    default float[] toFloats() {
        if (elements() > Integer.MAX_VALUE - 8) {
            throw new CheckpointException("tensor " + name() + " of " + elements() + " elements does not fit an array");
        }
        float[] values = new float[(int) elements()];
        readFloats(0, values, 0, values.length);
        return values;
    }
}
