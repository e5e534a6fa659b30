package dev.sharegpt4v.runtime.onnx;

import dev.sharegpt4v.runtime.execution.ImageEncoder;
import dev.sharegpt4v.runtime.execution.ImageFeatures;
import dev.sharegpt4v.runtime.execution.ImageInput;
import dev.sharegpt4v.runtime.execution.WorkThread;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Runs the vision graph over a batch of images of one shape, on threads that give way to the decoder's.
 *
 * <p>Encodes run beside steps on the same processors. With equal rights they would make steps several times as long.
 */
final class VisionEncoder implements ImageEncoder {

    private static final String INPUT = "pixel_values";
    private static final String OUTPUT = "image_features";

    private final WorkThread thread;
    private final GraphSession session;
    private final int hiddenSize;
    private final int maxBatch;
    private final NativeBuffer pixels = new NativeBuffer();
    private final NativeBuffer features = new NativeBuffer();

    private VisionEncoder(WorkThread thread, GraphSession session, int hiddenSize, int maxBatch) {
        session.require(List.of(INPUT), OUTPUT);
        this.thread = thread;
        this.session = session;
        this.hiddenSize = hiddenSize;
        this.maxBatch = maxBatch;
    }

    /**
     * Opens the graph.
     *
     * @param threads that share an encode
     * @param hiddenSize channels of a feature row
     */
    static VisionEncoder open(Path graph, int threads, int hiddenSize, int maxBatch) {
        WorkThread thread = new WorkThread("vision", Niceness::giveWay);
        try {
            GraphSession session =
                    thread.call(() -> GraphSession.open(graph, new CpuProvider(threads), Optional.empty()));
            return new VisionEncoder(thread, session, hiddenSize, maxBatch);
        } catch (RuntimeException e) {
            thread.close();
            throw e;
        }
    }

    @Override
    public int maxBatch() {
        return maxBatch;
    }

    @Override
    public List<ImageFeatures> encode(List<ImageInput> images) {
        return thread.call(() -> run(images));
    }

    private List<ImageFeatures> run(List<ImageInput> images) {
        ImageInput first = images.getFirst();
        int values = first.values().length;
        MemorySegment input = pixels.ofBytes((long) images.size() * values * Float.BYTES);
        for (int i = 0; i < images.size(); i++) {
            MemorySegment.copy(
                    images.get(i).values(), 0, input, ValueLayout.JAVA_FLOAT, (long) i * values * Float.BYTES, values);
        }
        int rows = first.featureRows();
        MemorySegment output = features.ofBytes((long) images.size() * rows * hiddenSize * Float.BYTES);
        long[] shape = new long[first.shape().length + 1];
        shape[0] = images.size();
        System.arraycopy(first.shape(), 0, shape, 1, first.shape().length);
        try (NativeTensor feed = NativeTensor.over(INPUT, NativeTensor.Type.FLOAT, input, shape);
                NativeTensor result =
                        NativeTensor.over(OUTPUT, NativeTensor.Type.FLOAT, output, images.size(), rows, hiddenSize)) {
            session.run(List.of(feed), result);
        }
        return unpack(images, output, rows);
    }

    private List<ImageFeatures> unpack(List<ImageInput> images, MemorySegment output, int rows) {
        List<ImageFeatures> found = new ArrayList<>();
        int count = rows * hiddenSize;
        for (int i = 0; i < images.size(); i++) {
            float[] values = new float[count];
            MemorySegment.copy(output, ValueLayout.JAVA_FLOAT, (long) i * count * Float.BYTES, values, 0, count);
            found.add(new ImageFeatures(images.get(i).hash(), values, rows));
        }
        return found;
    }

    @Override
    public void close() {
        thread.close();
        session.close();
        pixels.close();
        features.close();
    }
}
