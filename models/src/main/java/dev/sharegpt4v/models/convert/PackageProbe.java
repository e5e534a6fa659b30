package dev.sharegpt4v.models.convert;

import dev.sharegpt4v.models.catalog.LoadedModel;
import dev.sharegpt4v.runtime.engine.ImageSpan;
import dev.sharegpt4v.runtime.engine.Prompt;
import dev.sharegpt4v.runtime.execution.FeatureSpan;
import dev.sharegpt4v.runtime.execution.ForwardStep;
import dev.sharegpt4v.runtime.execution.ImageFeatures;
import dev.sharegpt4v.runtime.execution.KvFormat;
import dev.sharegpt4v.runtime.execution.KvGeometry;
import dev.sharegpt4v.runtime.execution.Logits;
import dev.sharegpt4v.runtime.execution.SequenceSlice;
import dev.sharegpt4v.runtime.onnx.CpuDevice;
import dev.sharegpt4v.runtime.onnx.CpuOptions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/** An opened package whose next-token logits are looked at, one sequence at a time. */
final class PackageProbe implements AutoCloseable {

    private static final int BLOCK_SIZE = 16;

    private final LoadedModel model;
    private final CpuDevice device;
    private final int[] blocks;

    private PackageProbe(LoadedModel model, CpuDevice device, int blocks) {
        this.model = model;
        this.device = device;
        this.blocks = IntStream.range(0, blocks).toArray();
    }

    /** Opens a package's graphs for sequences of at most the given number of positions; the model stays the caller's. */
    static PackageProbe open(LoadedModel model, int positions) {
        return open(model, positions, KvFormat.FP32);
    }

    /** The same with keys and values in a format. */
    static PackageProbe open(LoadedModel model, int positions, KvFormat format) {
        int threads = Runtime.getRuntime().availableProcessors();
        int blocks = Math.ceilDiv(positions, BLOCK_SIZE);
        CpuOptions options = new CpuOptions(threads, threads, 1, new KvGeometry(blocks, BLOCK_SIZE), format);
        return new PackageProbe(model, CpuDevice.open(model.graphs(), model.shape(), options), blocks);
    }

    /**
     * Logits after the prompt and after each token of a continuation.
     *
     * @param tokens of the continuation, one fewer than the rows that come back
     */
    List<float[]> follow(Prompt prompt, List<Integer> tokens) {
        int[] all = Arrays.copyOf(prompt.tokens(), prompt.length() + tokens.size());
        for (int index = 0; index < tokens.size(); index++) {
            all[prompt.length() + index] = tokens.get(index);
        }
        int[] rows = IntStream.range(prompt.length() - 1, all.length).toArray();
        return forward(all, 0, encode(prompt), rows);
    }

    /** A continuation of at most {@code count} tokens, drawn from the model's own distribution; ends before an end token. */
    List<Integer> sample(Prompt prompt, int count, RandomGenerator random) {
        List<Integer> tokens = new ArrayList<>();
        float[] logits = follow(prompt, List.of()).getFirst();
        while (tokens.size() < count) {
            int token = draw(Divergence.probabilities(logits, model.shape().sampledVocabularySize()), random);
            if (token == model.manifest().model().endToken()) {
                break;
            }
            int position = prompt.length() + tokens.size();
            tokens.add(token);
            logits = forward(new int[] {token}, position, List.of(), new int[] {0})
                    .getFirst();
        }
        return tokens;
    }

    private List<FeatureSpan> encode(Prompt prompt) {
        List<FeatureSpan> spans = new ArrayList<>();
        for (ImageSpan span : prompt.images()) {
            ImageFeatures features =
                    device.encoder().encode(List.of(span.image())).getFirst();
            spans.add(new FeatureSpan(span.position(), features, 0, features.rows()));
        }
        return spans;
    }

    private List<float[]> forward(int[] tokens, int firstPosition, List<FeatureSpan> spans, int[] rows) {
        SequenceSlice slice = new SequenceSlice(tokens, firstPosition, blocks, spans, rows);
        Logits logits = device.executor().forward(new ForwardStep(List.of(slice)));
        List<float[]> copies = new ArrayList<>();
        for (int row = 0; row < logits.rows(); row++) {
            float[] copy = new float[logits.vocabularySize()];
            logits.copyRow(row, copy);
            copies.add(copy);
        }
        return copies;
    }

    private static int draw(double[] probabilities, RandomGenerator random) {
        double rest = random.nextDouble();
        for (int token = 0; token < probabilities.length - 1; token++) {
            rest -= probabilities[token];
            if (rest < 0) {
                return token;
            }
        }
        return probabilities.length - 1;
    }

    @Override
    public void close() {
        device.close();
    }
}
