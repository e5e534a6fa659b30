package dev.sharegpt4v.runtime.testing;

import dev.sharegpt4v.runtime.execution.ContentHash;
import dev.sharegpt4v.runtime.execution.ExecutionFailure;
import dev.sharegpt4v.runtime.execution.ImageEncoder;
import dev.sharegpt4v.runtime.execution.ImageFeatures;
import dev.sharegpt4v.runtime.execution.ImageInput;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;

/** An encoder whose features tell which row of which image they are. */
public final class ScriptedEncoder implements ImageEncoder {

    private final int maxBatch;
    private final int hiddenSize;
    private final Runnable beforeBatch;
    private final List<List<ImageInput>> batches = new CopyOnWriteArrayList<>();
    private final ConcurrentLinkedQueue<ExecutionFailure> failures = new ConcurrentLinkedQueue<>();

    public ScriptedEncoder(int maxBatch, int hiddenSize, Runnable beforeBatch) {
        this.maxBatch = maxBatch;
        this.hiddenSize = hiddenSize;
        this.beforeBatch = beforeBatch;
    }

    /** An image of so many rows; images of equal numbers are equal. */
    public static ImageInput image(int number, int rows) {
        return new ImageInput(new ContentHash(rows, number), new float[1], new long[] {1}, rows);
    }

    /** What a prefix holds for a row of an image. */
    public static long entry(ContentHash image, int row) {
        return -1L - code(image, row);
    }

    private static int code(ContentHash image, int row) {
        return (int) Math.floorMod(image.low() * 31 + image.high(), 10_000L) * 1000 + row;
    }

    /** The next batch fails. */
    public void failNext(ExecutionFailure failure) {
        failures.add(failure);
    }

    /** All batches so far. */
    public List<List<ImageInput>> batches() {
        return batches;
    }

    @Override
    public int maxBatch() {
        return maxBatch;
    }

    @Override
    public List<ImageFeatures> encode(List<ImageInput> images) {
        beforeBatch.run();
        batches.add(List.copyOf(images));
        ExecutionFailure failure = failures.poll();
        if (failure != null) {
            throw failure;
        }
        return images.stream().map(this::features).toList();
    }

    private ImageFeatures features(ImageInput image) {
        float[] values = new float[image.featureRows() * hiddenSize];
        for (int row = 0; row < image.featureRows(); row++) {
            values[row * hiddenSize] = code(image.hash(), row);
        }
        return new ImageFeatures(image.hash(), values, image.featureRows());
    }

    @Override
    public void close() {}
}
