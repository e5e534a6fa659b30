package dev.sharegpt4v.server.bench.engine;

import dev.sharegpt4v.runtime.execution.BlockCopy;
import dev.sharegpt4v.runtime.execution.ForwardStep;
import dev.sharegpt4v.runtime.execution.KvGeometry;
import dev.sharegpt4v.runtime.execution.ModelShape;
import dev.sharegpt4v.runtime.execution.SequenceSlice;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** Sequences of random tokens that run side by side, each in KV blocks of its own. */
final class RandomSequences {

    private static final int[] NONE = new int[0];
    private static final int[] ONLY = new int[1];

    private final int[][] tokens;
    private final int[][] blocks;

    /** Sequences of equal length, for a cache of {@link #blocks(int, int, int)} blocks at least. */
    RandomSequences(int count, int length, ModelShape shape, KvGeometry geometry, long seed) {
        Random random = new Random(seed);
        int each = geometry.blocksFor(length);
        if (count * each > geometry.blocks()) {
            throw new IllegalArgumentException(
                    "%d sequences of %d tokens do not fit into the KV cache".formatted(count, length));
        }
        this.tokens = new int[count][];
        this.blocks = new int[count][];
        for (int i = 0; i < count; i++) {
            tokens[i] = random.ints(length, 0, shape.sampledVocabularySize()).toArray();
            blocks[i] = IntStream.range(i * each, (i + 1) * each).toArray();
        }
    }

    static int blocks(int count, int length, int blockSize) {
        return count * Math.ceilDiv(length, blockSize);
    }

    int count() {
        return tokens.length;
    }

    /**
     * The steps that run positions {@code from} to {@code to - 1} of every sequence, one sequence after the other, as the
     * scheduler cuts prompts. Logits are asked at each sequence's last position only.
     */
    List<ForwardStep> prefill(int from, int to, int stepTokens) {
        List<ForwardStep> steps = new ArrayList<>();
        List<SequenceSlice> slices = new ArrayList<>();
        int room = stepTokens;
        for (int i = 0; i < tokens.length; i++) {
            for (int position = from; position < to; ) {
                int count = Math.min(room, to - position);
                slices.add(slice(i, position, count, position + count == to ? new int[] {count - 1} : NONE));
                position += count;
                room -= count;
                if (room == 0) {
                    steps.add(new ForwardStep(slices));
                    slices = new ArrayList<>();
                    room = stepTokens;
                }
            }
        }
        if (!slices.isEmpty()) {
            steps.add(new ForwardStep(slices));
        }
        return steps;
    }

    /**
     * The steps after which every sequence has keys and values for its first {@code length} positions: the first sequence's
     * own, copied to the others, since nobody reads their logits.
     */
    List<ForwardStep> context(int length, int stepTokens) {
        if (length == 0) {
            return List.of();
        }
        List<ForwardStep> steps = new ArrayList<>();
        for (int position = 0; position < length; position += stepTokens) {
            steps.add(new ForwardStep(List.of(slice(0, position, Math.min(stepTokens, length - position), NONE))));
        }
        List<BlockCopy> copies = new ArrayList<>();
        for (int i = 1; i < blocks.length; i++) {
            for (int j = 0; j < blocks[i].length; j++) {
                copies.add(new BlockCopy(blocks[0][j], blocks[i][j]));
            }
        }
        steps.add(new ForwardStep(decode(length - 1).slices(), copies));
        return steps;
    }

    /** The step that runs one position of every sequence. */
    ForwardStep decode(int position) {
        return new ForwardStep(IntStream.range(0, tokens.length)
                .mapToObj(i -> slice(i, position, 1, ONLY))
                .toList());
    }

    private SequenceSlice slice(int sequence, int position, int count, int[] logitRows) {
        return new SequenceSlice(
                Arrays.copyOfRange(tokens[sequence], position, position + count),
                position,
                blocks[sequence],
                List.of(),
                logitRows);
    }
}
