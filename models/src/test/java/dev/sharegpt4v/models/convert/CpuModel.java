package dev.sharegpt4v.models.convert;

import dev.sharegpt4v.models.catalog.LoadedModel;
import dev.sharegpt4v.runtime.execution.ContentHash;
import dev.sharegpt4v.runtime.execution.ImageFeatures;
import dev.sharegpt4v.runtime.execution.ImageInput;
import dev.sharegpt4v.runtime.execution.KvFormat;
import dev.sharegpt4v.runtime.execution.KvGeometry;
import dev.sharegpt4v.runtime.onnx.CpuDevice;
import dev.sharegpt4v.runtime.onnx.CpuOptions;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** A package on the CPU device, driven by hand for one sequence. */
final class CpuModel implements AutoCloseable {

    private static final KvGeometry GEOMETRY = new KvGeometry(32, 16);

    private final LoadedModel model;
    private final CpuDevice device;
    private final SequenceDriver driver;

    CpuModel(Path packageFolder) {
        this.model = LoadedModel.open(packageFolder);
        this.device = CpuDevice.open(model.graphs(), model.shape(), new CpuOptions(2, 2, 4, GEOMETRY, KvFormat.FP32));
        this.driver = new SequenceDriver(device.executor(), model.shape().sampledVocabularySize());
    }

    LoadedModel model() {
        return model;
    }

    /** Encodes a batch given as [images, 3, side, side]. */
    List<ImageFeatures> encode(float[] pixels, int images) {
        int each = pixels.length / images;
        long side = model.manifest().model().vision().imageSize();
        List<ImageInput> inputs = IntStream.range(0, images)
                .mapToObj(image -> new ImageInput(
                        new ContentHash(0, image),
                        Arrays.copyOfRange(pixels, image * each, (image + 1) * each),
                        new long[] {3, side, side},
                        model.imageFeatureRows()))
                .toList();
        return device.encoder().encode(inputs);
    }

    /** As {@link SequenceDriver#forward(int[], int, int, List, int...)}. */
    float[][] forward(int[] tokens, int from, int to, List<ImageFeatures> images, int... rows) {
        return driver.forward(tokens, from, to, images, rows);
    }

    /** As {@link SequenceDriver#greedy}. */
    int[] greedy(int[] prompt, List<ImageFeatures> images, int chunk, int count) {
        return driver.greedy(prompt, images, chunk, count);
    }

    @Override
    public void close() {
        device.close();
        model.close();
    }
}
