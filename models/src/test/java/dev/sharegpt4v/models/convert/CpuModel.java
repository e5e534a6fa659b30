package dev.sharegpt4v.models.convert;

import dev.sharegpt4v.models.catalog.LoadedModel;
import dev.sharegpt4v.runtime.execution.ContentHash;
import dev.sharegpt4v.runtime.execution.FeatureSpan;
import dev.sharegpt4v.runtime.execution.ForwardStep;
import dev.sharegpt4v.runtime.execution.ImageFeatures;
import dev.sharegpt4v.runtime.execution.ImageInput;
import dev.sharegpt4v.runtime.execution.KvFormat;
import dev.sharegpt4v.runtime.execution.KvGeometry;
import dev.sharegpt4v.runtime.execution.Logits;
import dev.sharegpt4v.runtime.execution.SequenceSlice;
import dev.sharegpt4v.runtime.onnx.CpuDevice;
import dev.sharegpt4v.runtime.onnx.CpuOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** A package on the CPU device, driven by hand for one sequence. */
final class CpuModel implements AutoCloseable {

    private static final KvGeometry GEOMETRY = new KvGeometry(32, 16);

    private final LoadedModel model;
    private final CpuDevice device;

    CpuModel(Path packageFolder) {
        this.model = LoadedModel.open(packageFolder);
        this.device = CpuDevice.open(model.graphs(), model.shape(), new CpuOptions(2, 2, 4, GEOMETRY, KvFormat.FP32));
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

    /**
     * Runs a part of the sequence.
     *
     * @param tokens of the whole sequence so far, negative where image features stand
     * @param from first position to run
     * @param to position after the last one to run
     * @param rows asked positions of the sequence
     */
    float[][] forward(int[] tokens, int from, int to, List<ImageFeatures> images, int... rows) {
        SequenceSlice slice = new SequenceSlice(
                Arrays.copyOfRange(tokens, from, to),
                from,
                // Blocks of a sequence need not follow each other.
                IntStream.range(0, GEOMETRY.blocks())
                        .map(block -> (block * 5 + 3) % GEOMETRY.blocks())
                        .toArray(),
                spans(tokens, from, to, images),
                Arrays.stream(rows).map(row -> row - from).toArray());
        Logits logits = device.executor().forward(new ForwardStep(List.of(slice)));
        float[][] copies = new float[logits.rows()][logits.vocabularySize()];
        for (int row = 0; row < copies.length; row++) {
            logits.copyRow(row, copies[row]);
        }
        return copies;
    }

    /** Greedy tokens after a prompt that is run in chunks. */
    int[] greedy(int[] prompt, List<ImageFeatures> images, int chunk, int count) {
        int[] tokens = Arrays.copyOf(prompt, prompt.length + count);
        float[][] logits = new float[0][];
        for (int from = 0; from < prompt.length; from += chunk) {
            int to = Math.min(from + chunk, prompt.length);
            logits = forward(prompt, from, to, images, to == prompt.length ? new int[] {to - 1} : new int[0]);
        }
        for (int position = prompt.length; position < tokens.length; position++) {
            tokens[position] = best(logits[0]);
            logits = forward(tokens, position, position + 1, images, position);
        }
        return Arrays.copyOfRange(tokens, prompt.length, tokens.length);
    }

    private static List<FeatureSpan> spans(int[] tokens, int from, int to, List<ImageFeatures> images) {
        List<FeatureSpan> spans = new ArrayList<>();
        int position = 0;
        for (ImageFeatures image : images) {
            while (position < tokens.length && tokens[position] >= 0) {
                position++;
            }
            int start = Math.max(position, from);
            int end = Math.min(position + image.rows(), to);
            if (start < end) {
                spans.add(new FeatureSpan(start - from, image, start - position, end - start));
            }
            position += image.rows();
        }
        return spans;
    }

    private int best(float[] logits) {
        int best = 0;
        for (int token = 1; token < model.shape().sampledVocabularySize(); token++) {
            if (logits[token] > logits[best]) {
                best = token;
            }
        }
        return best;
    }

    @Override
    public void close() {
        device.close();
        model.close();
    }
}
