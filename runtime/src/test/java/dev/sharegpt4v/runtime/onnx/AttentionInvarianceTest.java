package dev.sharegpt4v.runtime.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sharegpt4v.runtime.execution.KvFormat;
import dev.sharegpt4v.runtime.execution.KvGeometry;
import dev.sharegpt4v.runtime.execution.ModelShape;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a token gets is the same to the last bit, however its sequence is cut into steps and whoever shares them. */
final class AttentionInvarianceTest {

    private static final int TOKENS = 150;
    private static final int BLOCKS = 64;

    @ParameterizedTest
    @CsvSource({"2, 2, 128, 16", "4, 2, 64, 32", "3, 3, 24, 16", "2, 1, 80, 128", "1, 1, 2, 16"})
    void theWayASequenceIsCutChangesNoBit(int heads, int kvHeads, int headSize, int blockSize) {
        for (KvFormat format : KvFormat.values()) {
            theWayASequenceIsCutChangesNoBit(format, heads, kvHeads, headSize, blockSize);
        }
    }

    private static void theWayASequenceIsCutChangesNoBit(
            KvFormat format, int heads, int kvHeads, int headSize, int blockSize) {
        try (Arena arena = Arena.ofConfined()) {
            Scene scene = new Scene(arena, format, heads, kvHeads, headSize, blockSize);
            float[] whole = scene.run(TOKENS, false);
            for (int chunk : new int[] {1, 2, 7, 16, 37, 149}) {
                assertThat(scene.run(chunk, false)).as("chunks of %d", chunk).containsExactly(whole);
            }
            assertThat(scene.run(1, true)).as("beside another").containsExactly(whole);
            assertThat(scene.run(41, true)).as("beside another").containsExactly(whole);
        }
    }

    private static final class Scene {
        private final Random random = new Random(5);
        private final CustomOperators.Attributes shape;
        private final int blockSize;
        private final int width;
        private final float[] qkv;
        private final MemorySegment cos;
        private final MemorySegment sin;
        private final Arena arena;
        private final KvFormat format;

        Scene(Arena arena, KvFormat format, int heads, int kvHeads, int headSize, int blockSize) {
            this.arena = arena;
            this.format = format;
            this.shape = new CustomOperators.Attributes(heads, kvHeads, headSize, 0, (float) (1 / Math.sqrt(headSize)));
            this.blockSize = blockSize;
            this.width = (heads + 2 * kvHeads) * headSize;
            this.qkv = gaussian(TOKENS * width);
            this.cos = arena.allocateFrom(ValueLayout.JAVA_FLOAT, gaussian(TOKENS * headSize / 2));
            this.sin = arena.allocateFrom(ValueLayout.JAVA_FLOAT, gaussian(TOKENS * headSize / 2));
        }

        private float[] gaussian(int count) {
            float[] values = new float[count];
            for (int i = 0; i < count; i++) {
                values[i] = (float) random.nextGaussian();
            }
            return values;
        }

        /** All outputs of the sequence, run in chunks, alone or before a token of another sequence. */
        float[] run(int chunk, boolean beside) {
            int rows = beside ? 2 : 1;
            int outputs = shape.heads() * shape.headSize();
            float[] all = new float[TOKENS * outputs];
            ModelShape model = new ModelShape(10, 10, 1, shape.kvHeads(), shape.headSize(), outputs, TOKENS);
            try (KvPool pool = new KvPool(model, new KvGeometry(BLOCKS, blockSize), format)) {
                pool.bytes().fill((byte) 0xff); // What was not written is no number.
                PagedAttentionKernel kernel = new PagedAttentionKernel(shape, pool);
                for (int from = 0; from < TOKENS; from += chunk) {
                    int count = Math.min(chunk, TOKENS - from);
                    MemorySegment output = arena.allocate((long) (count + 1) * outputs * Float.BYTES, 4);
                    AttentionStep step = step(from, count, rows, output);
                    for (int head = 0; head < shape.kvHeads(); head++) {
                        kernel.head(step, head, shape.heads() / shape.kvHeads());
                    }
                    MemorySegment.copy(output, ValueLayout.JAVA_FLOAT, 0, all, from * outputs, count * outputs);
                }
            }
            return all;
        }

        private AttentionStep step(int from, int count, int rows, MemorySegment output) {
            int tokens = count + rows - 1;
            int[] table = new int[rows * BLOCKS];
            for (int i = 0; i < BLOCKS / 2; i++) {
                table[i] = 2 * i;
            }
            for (int i = BLOCKS; i < table.length; i++) {
                table[i] = 1;
            }
            int[] slots = new int[tokens];
            for (int i = 0; i < count; i++) {
                slots[i] = table[(from + i) / blockSize] * blockSize + (from + i) % blockSize;
            }
            float[] packed = new float[tokens * width];
            System.arraycopy(qkv, from * width, packed, 0, count * width);
            int[] cumulative = rows == 1 ? new int[] {0, count} : new int[] {0, count, count + 1};
            int[] past = rows == 1 ? new int[] {from} : new int[] {from, 0};
            if (rows == 2) {
                System.arraycopy(gaussian(width), 0, packed, count * width, width);
                slots[count] = blockSize;
            }
            MemorySegment input = arena.allocateFrom(ValueLayout.JAVA_FLOAT, packed);
            return new AttentionStep(tokens, rows, input, cumulative, past, table, BLOCKS, slots, cos, sin, output);
        }
    }
}
