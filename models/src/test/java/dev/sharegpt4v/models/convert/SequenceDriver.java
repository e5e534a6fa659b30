package dev.sharegpt4v.models.convert;

import dev.sharegpt4v.runtime.execution.FeatureSpan;
import dev.sharegpt4v.runtime.execution.ForwardStep;
import dev.sharegpt4v.runtime.execution.ImageFeatures;
import dev.sharegpt4v.runtime.execution.KvGeometry;
import dev.sharegpt4v.runtime.execution.Logits;
import dev.sharegpt4v.runtime.execution.ModelExecutor;
import dev.sharegpt4v.runtime.execution.SequenceSlice;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Drives a decoder by hand for one sequence. Prompts have negative tokens where image features stand.
 *
 * @param vocabulary tokens that may be chosen
 */
record SequenceDriver(ModelExecutor executor, int vocabulary) {

    /**
     * Runs a part of the sequence.
     *
     * @param tokens of the whole sequence so far
     * @param from first position to run
     * @param to position after the last one to run
     * @param rows asked positions of the sequence
     */
    float[][] forward(int[] tokens, int from, int to, List<ImageFeatures> images, int... rows) {
        // Blocks of a sequence need not follow each other.
        KvGeometry geometry = executor.geometry();
        int[] blocks = IntStream.range(0, geometry.blocks())
                .map(block -> (block * 5 + 3) % geometry.blocks())
                .toArray();
        return forward(List.of(slice(tokens, from, to, images, blocks, rows)));
    }

    /** Logits of the rows that the slices ask. */
    float[][] forward(List<SequenceSlice> slices) {
        return rows(executor.forward(new ForwardStep(slices)));
    }

    /** A part of a sequence in blocks of its own; asked rows are positions of the sequence. */
    static SequenceSlice slice(int[] tokens, int from, int to, List<ImageFeatures> images, int[] blocks, int... rows) {
        return new SequenceSlice(
                Arrays.copyOfRange(tokens, from, to),
                from,
                blocks,
                spans(tokens, from, to, images),
                Arrays.stream(rows).map(row -> row - from).toArray());
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

    /** The token of the largest logit. */
    int best(float[] logits) {
        int best = 0;
        for (int token = 1; token < vocabulary; token++) {
            if (logits[token] > logits[best]) {
                best = token;
            }
        }
        return best;
    }

    private static float[][] rows(Logits logits) {
        float[][] copies = new float[logits.rows()][logits.vocabularySize()];
        for (int row = 0; row < copies.length; row++) {
            logits.copyRow(row, copies[row]);
        }
        return copies;
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
}
