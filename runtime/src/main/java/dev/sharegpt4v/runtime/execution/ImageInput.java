package dev.sharegpt4v.runtime.execution;

/**
 * One preprocessed image, opaque to the engine.
 *
 * @param hash stands for the values below
 * @param values the encoder's input, row-major; shared, not copied
 * @param shape its shape without the batch dimension, such as [3, 336, 336]
 * @param featureRows rows of features that encoding yields, and prompt positions the image takes
 */
public record ImageInput(ContentHash hash, float[] values, long[] shape, int featureRows) {

    public ImageInput {
        if (featureRows < 1) {
            throw new IllegalArgumentException("an image takes at least one position");
        }
    }

    /** Bytes of the values. */
    public long bytes() {
        return (long) values.length * Float.BYTES;
    }
}
