package dev.sharegpt4v.server.bench.engine;

import dev.sharegpt4v.runtime.execution.ContentHash;
import dev.sharegpt4v.runtime.execution.ImageEncoder;
import dev.sharegpt4v.runtime.execution.ImageInput;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.LongSupplier;

/** Times encodes of random images in batches. */
public final class EncodeBench {

    private final ImageEncoder encoder;
    private final int side;
    private final int featureRows;
    private final int repetitions;
    private final long seed;
    private final LongSupplier clock;

    /**
     * @param side of an image in pixels
     * @param featureRows of an image
     * @param repetitions of each batch; one more goes before, untimed
     */
    public EncodeBench(ImageEncoder encoder, int side, int featureRows, int repetitions, long seed) {
        this(encoder, side, featureRows, repetitions, seed, System::nanoTime);
    }

    EncodeBench(ImageEncoder encoder, int side, int featureRows, int repetitions, long seed, LongSupplier clock) {
        this.encoder = encoder;
        this.side = side;
        this.featureRows = featureRows;
        this.repetitions = repetitions;
        this.seed = seed;
        this.clock = clock;
    }

    /** Encodes a batch again and again. */
    public EncodeResult run(int batch) {
        List<ImageInput> images = images(batch);
        encoder.encode(images);
        long[] nanos = new long[repetitions];
        for (int i = 0; i < repetitions; i++) {
            long started = clock.getAsLong();
            encoder.encode(images);
            nanos[i] = clock.getAsLong() - started;
        }
        return new EncodeResult(batch, new StepTimes((long) batch * repetitions, nanos));
    }

    private List<ImageInput> images(int count) {
        Random random = new Random(seed);
        List<ImageInput> images = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            float[] values = new float[3 * side * side];
            for (int at = 0; at < values.length; at++) {
                values[at] = (float) random.nextGaussian();
            }
            images.add(new ImageInput(new ContentHash(seed, i), values, new long[] {3, side, side}, featureRows));
        }
        return images;
    }
}
