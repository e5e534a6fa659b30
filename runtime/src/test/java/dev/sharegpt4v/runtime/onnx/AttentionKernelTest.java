package dev.sharegpt4v.runtime.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sharegpt4v.runtime.execution.KvGeometry;
import dev.sharegpt4v.runtime.execution.ModelShape;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The kernel against attention as the textbook writes it, in doubles, over plain lists of keys and values. */
final class AttentionKernelTest {

    private static final int POSITIONS = 512;

    @ParameterizedTest
    @CsvSource({
        "4, 4, 64, 16",
        "3, 3, 64, 32",
        "8, 2, 128, 32",
        "2, 1, 16, 16",
        "5, 5, 24, 16",
        "4, 2, 80, 64",
        "1, 1, 2, 16"
    })
    void chunksAndSingleTokensAgreeWithPlainAttention(int heads, int kvHeads, int headSize, int blockSize) {
        Random random = new Random(heads * 1000L + headSize);
        try (Case scene = new Case(heads, kvHeads, headSize, blockSize, random)) {
            scene.run(List.of(37, 1, 5));
            scene.run(List.of(1, 1, 1));
            scene.run(List.of(1, 70, 1));
            scene.run(List.of(3, 1, 16));
            scene.run(List.of(1, 1, 1));
        }
    }

    /** Three sequences whose blocks are scattered over the pool. */
    private static final class Case implements AutoCloseable {
        private static final int BLOCKS = 40;

        private final Arena arena = Arena.ofConfined();
        private final Random random;
        private final CustomOperators.Attributes shape;
        private final KvPool pool;
        private final PagedAttentionKernel kernel;
        private final MemorySegment cos;
        private final MemorySegment sin;
        private final List<Integer> free = new ArrayList<>();
        private final List<List<Integer>> tables = new ArrayList<>();
        /** Per sequence, per token: all key heads, then all value heads, keys rotated. */
        private final List<List<double[]>> cached = new ArrayList<>();

        Case(int heads, int kvHeads, int headSize, int blockSize, Random random) {
            this.random = random;
            this.shape = new CustomOperators.Attributes(heads, kvHeads, headSize, 1, (float) (1 / Math.sqrt(headSize)));
            this.pool = new KvPool(
                    new ModelShape(10, 10, 2, kvHeads, headSize, heads * headSize, POSITIONS),
                    new KvGeometry(BLOCKS, blockSize));
            this.kernel = new PagedAttentionKernel(shape, pool);
            this.cos = arena.allocate((long) POSITIONS * headSize / 2 * Float.BYTES, 4);
            this.sin = arena.allocate((long) POSITIONS * headSize / 2 * Float.BYTES, 4);
            for (int position = 0; position < POSITIONS; position++) {
                for (int i = 0; i < headSize / 2; i++) {
                    double angle = position * Math.pow(10_000, -2.0 * i / headSize);
                    long index = (long) position * headSize / 2 + i;
                    cos.setAtIndex(ValueLayout.JAVA_FLOAT, index, (float) Math.cos(angle));
                    sin.setAtIndex(ValueLayout.JAVA_FLOAT, index, (float) Math.sin(angle));
                }
            }
            for (int block = 0; block < BLOCKS; block++) {
                free.add(block);
            }
            Collections.shuffle(free, random);
            for (int i = 0; i < 3; i++) {
                tables.add(new ArrayList<>());
                cached.add(new ArrayList<>());
            }
        }

        /** Runs one call with so many new tokens for each sequence, and compares every output. */
        void run(List<Integer> lengths) {
            int tokens = lengths.stream().mapToInt(Integer::intValue).sum();
            int width = (shape.heads() + 2 * shape.kvHeads()) * shape.headSize();
            MemorySegment qkv = arena.allocate((long) tokens * width * Float.BYTES, 4);
            for (long i = 0; i < (long) tokens * width; i++) {
                qkv.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) random.nextGaussian());
            }
            long outputBytes = (long) tokens * shape.heads() * shape.headSize() * Float.BYTES;
            MemorySegment output = arena.allocate(outputBytes, 4);
            AttentionStep step = step(lengths, tokens, qkv, output);
            for (int head = 0; head < shape.kvHeads(); head++) {
                kernel.head(step, head, shape.heads() / shape.kvHeads());
            }
            compare(lengths, width, qkv, output);
        }

        private AttentionStep step(List<Integer> lengths, int tokens, MemorySegment qkv, MemorySegment output) {
            int[] cumulative = new int[4];
            int[] past = new int[3];
            int[] slots = new int[tokens];
            int[] table = new int[3 * BLOCKS];
            for (int row = 0; row < 3; row++) {
                past[row] = cached.get(row).size();
                cumulative[row + 1] = cumulative[row] + lengths.get(row);
                for (int i = 0; i < lengths.get(row); i++) {
                    int position = past[row] + i;
                    if (position / pool.blockSize() == tables.get(row).size()) {
                        tables.get(row).add(free.removeLast());
                    }
                    slots[cumulative[row] + i] = tables.get(row).get(position / pool.blockSize()) * pool.blockSize()
                            + position % pool.blockSize();
                }
                for (int i = 0; i < tables.get(row).size(); i++) {
                    table[row * BLOCKS + i] = tables.get(row).get(i);
                }
            }
            return new AttentionStep(tokens, 3, qkv, cumulative, past, table, BLOCKS, slots, cos, sin, output);
        }

        private void compare(List<Integer> lengths, int width, MemorySegment qkv, MemorySegment output) {
            int size = shape.headSize();
            int token = 0;
            for (int row = 0; row < 3; row++) {
                for (int i = 0; i < lengths.get(row); i++, token++) {
                    int position = cached.get(row).size();
                    double[] entry = new double[2 * shape.kvHeads() * size];
                    for (int head = 0; head < shape.kvHeads(); head++) {
                        long at = (long) token * width + (long) (shape.heads() + head) * size;
                        System.arraycopy(rotated(qkv, at, position), 0, entry, head * size, size);
                        for (int d = 0; d < size; d++) {
                            entry[(shape.kvHeads() + head) * size + d] =
                                    qkv.getAtIndex(ValueLayout.JAVA_FLOAT, at + (long) shape.kvHeads() * size + d);
                        }
                    }
                    cached.get(row).add(entry);
                    for (int head = 0; head < shape.heads(); head++) {
                        double[] query = rotated(qkv, (long) token * width + (long) head * size, position);
                        double[] expected = attend(query, cached.get(row), head);
                        for (int d = 0; d < size; d++) {
                            long index = ((long) token * shape.heads() + head) * size + d;
                            assertThat((double) output.getAtIndex(ValueLayout.JAVA_FLOAT, index))
                                    .as("sequence %d, position %d, head %d, channel %d", row, position, head, d)
                                    .isCloseTo(expected[d], within(2e-5));
                        }
                    }
                }
            }
        }

        private double[] rotated(MemorySegment qkv, long at, int position) {
            int half = shape.headSize() / 2;
            double[] turned = new double[2 * half];
            for (int i = 0; i < half; i++) {
                double low = qkv.getAtIndex(ValueLayout.JAVA_FLOAT, at + i);
                double high = qkv.getAtIndex(ValueLayout.JAVA_FLOAT, at + half + i);
                double angle = position * Math.pow(10_000, -2.0 * i / shape.headSize());
                turned[i] = low * Math.cos(angle) - high * Math.sin(angle);
                turned[half + i] = high * Math.cos(angle) + low * Math.sin(angle);
            }
            return turned;
        }

        private double[] attend(double[] query, List<double[]> entries, int head) {
            int size = shape.headSize();
            int kvHead = head / (shape.heads() / shape.kvHeads());
            double[] weights = new double[entries.size()];
            double total = 0;
            for (int t = 0; t < weights.length; t++) {
                double product = 0;
                for (int d = 0; d < size; d++) {
                    product += query[d] * entries.get(t)[kvHead * size + d];
                }
                weights[t] = Math.exp(product * shape.scale());
                total += weights[t];
            }
            double[] sum = new double[size];
            for (int t = 0; t < weights.length; t++) {
                for (int d = 0; d < size; d++) {
                    sum[d] += weights[t] / total * entries.get(t)[(shape.kvHeads() + kvHead) * size + d];
                }
            }
            return sum;
        }

        @Override
        public void close() {
            pool.close();
            arena.close();
        }
    }
}
