package dev.sharegpt4v.runtime.execution;

import java.util.List;

/** Turns preprocessed images into features. Called by one thread at a time, beside {@link ModelExecutor#forward}. */
public interface ImageEncoder extends AutoCloseable {

    /** The largest batch that {@link #encode} takes. */
    int maxBatch();

    /**
     * Encodes a batch.
     *
     * @return one entry per image, in order, each independent of the others in the batch
     * @throws ExecutionFailure when the device fails
     */
    List<ImageFeatures> encode(List<ImageInput> images);

    @Override
    void close();
}
