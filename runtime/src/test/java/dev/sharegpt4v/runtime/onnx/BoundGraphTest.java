package dev.sharegpt4v.runtime.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sharegpt4v.runtime.accelerator.BoundTensor;
import dev.sharegpt4v.runtime.accelerator.CaptureGate;
import dev.sharegpt4v.runtime.accelerator.DeviceExecutor;
import dev.sharegpt4v.runtime.accelerator.DeviceKvCache;
import dev.sharegpt4v.runtime.accelerator.HostAccelerator;
import dev.sharegpt4v.runtime.execution.ActivationType;
import dev.sharegpt4v.runtime.execution.BlockCopy;
import dev.sharegpt4v.runtime.execution.ContentHash;
import dev.sharegpt4v.runtime.execution.ExecutionFailure;
import dev.sharegpt4v.runtime.execution.FeatureSpan;
import dev.sharegpt4v.runtime.execution.ForwardStep;
import dev.sharegpt4v.runtime.execution.ImageFeatures;
import dev.sharegpt4v.runtime.execution.KvGeometry;
import dev.sharegpt4v.runtime.execution.Logits;
import dev.sharegpt4v.runtime.execution.ModelShape;
import dev.sharegpt4v.runtime.execution.SequenceSlice;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** ONNX Runtime's IoBinding with the inputs of a package for CUDA, on the CPU: each input is what the step says, in place. */
final class BoundGraphTest {

    private static final ModelShape SHAPE = new ModelShape(EchoGraph.VOCABULARY, EchoGraph.VOCABULARY, 1, 1, 8, 2, 300);
    private static final KvGeometry GEOMETRY = new KvGeometry(20, 16);

    @TempDir
    private Path folder;

    private final HostAccelerator accelerator = new HostAccelerator();
    private DeviceKvCache cache;
    private DeviceExecutor executor;

    @BeforeEach
    void open() throws IOException {
        GraphSession session = GraphSession.open(EchoGraph.write(folder), new CpuProvider(1), Optional.empty());
        BoundGraph graph = new BoundGraph(session, accelerator);
        DecoderInputs.require(graph.inputs(), SHAPE.layers(), folder);
        cache = new DeviceKvCache(accelerator, SHAPE, GEOMETRY, ActivationType.FP16);
        executor = new DeviceExecutor(
                accelerator, graph, cache, SHAPE, GEOMETRY, 4, new CaptureGate(), IntUnaryOperator.identity());
    }

    @AfterEach
    void close() {
        executor.close();
    }

    @Test
    void promptsGiveTheGraphTheirOwnSizes() {
        ImageFeatures image = new ImageFeatures(new ContentHash(1, 1), new float[] {9, 9, 1, 2, 3, 4}, 3);
        ForwardStep step = new ForwardStep(List.of(
                new SequenceSlice(
                        new int[] {5, 0, 0, 6},
                        15,
                        new int[] {9, 3},
                        List.of(new FeatureSpan(1, image, 1, 2)),
                        new int[] {0, 3}),
                new SequenceSlice(new int[] {8}, 4, new int[] {7}, List.of(), new int[] {0})));
        float[][] rows = run(step);
        // Features 1+2+3+4, positions 1+2, cumulative 0+4+5, past 15+4, blocks 9+3+7, bounds 4 and 19.
        assertThat(rows[0]).containsExactly(5, 9 * 16 + 15, 10, 3, 9, 19, 19, 23, 0, 0);
        assertThat(rows[1]).containsExactly(6, 3 * 16 + 2, 10, 3, 9, 19, 19, 23, 0, 0);
        assertThat(rows[2]).containsExactly(8, 7 * 16 + 4, 10, 3, 9, 19, 19, 23, 0, 0);
    }

    @Test
    void decodeStepsGiveTheGraphTheSizesOfTheirBucket() {
        for (int round = 0; round < 3; round++) {
            float[][] rows = run(new ForwardStep(
                    List.of(decoding(40 + round, round, 3), decoding(50, round, 4), decoding(60, round, 5))));
            // A fourth row of its own; bounds: one token, eight columns of sixteen.
            float[] sums = {0, 0, 1 + 2 + 3 + 4, 3f * round, 12, 1 + 8 * 16, 0, 0};
            assertThat(rows[0]).startsWith(40 + round, 3 * 16 + round).endsWith(sums);
            assertThat(rows[1]).startsWith(50, 4 * 16 + round).endsWith(sums);
            assertThat(rows[2]).startsWith(60, 5 * 16 + round).endsWith(sums);
        }
    }

    @Test
    void aChunkThatNobodyAsksLogitsOfRuns() {
        assertThat(run(new ForwardStep(
                        List.of(new SequenceSlice(new int[] {5, 6}, 0, new int[1], List.of(), new int[0])))))
                .isEmpty();
    }

    @Test
    void theGraphReadsTheCacheWhereItIsAfterBlocksWereCopied() {
        fill(cache.tensors().getFirst(), 2, (short) 0x3c00);
        fill(cache.tensors().getLast(), 2, (short) 0x4000);
        ForwardStep step =
                new ForwardStep(List.of(decoding(40, 0, 3)), List.of(new BlockCopy(2, 3), new BlockCopy(2, 4)));
        // A block has 16 · 8 halves: ones of keys, twos of values, three blocks of each.
        assertThat(run(step)[0]).endsWith(3 * 128, 3 * 256);
        assertThat(run(new ForwardStep(List.of(decoding(40, 0, 3))))[0]).endsWith(3 * 128, 3 * 256);
    }

    @Test
    void whatTheGraphCannotDoIsAFailure() {
        ForwardStep step =
                new ForwardStep(List.of(new SequenceSlice(new int[] {5, 6}, 0, new int[1], List.of(), new int[] {7})));
        assertThatThrownBy(() -> executor.forward(step))
                .isInstanceOf(ExecutionFailure.class)
                .hasMessageContaining("indices");
        // After such a failure the executor leaves everything to the end of the process.
        accelerator.close();
    }

    @Test
    void aPackageForProcessorsIsToldFromOneForCuda() {
        assertThatThrownBy(() -> DecoderInputs.require(Set.copyOf(DecoderInputs.STEP), 1, Path.of("decoder.onnx")))
                .isInstanceOf(ExecutionFailure.class)
                .hasMessageContaining("was not made for CUDA")
                .hasMessageContaining("key_cache.0")
                .hasMessageContaining("--device cuda");
    }

    private static void fill(BoundTensor tensor, int block, short value) {
        MemorySegment memory = HostAccelerator.at(tensor.memory());
        for (int i = 0; i < 16 * 8; i++) {
            memory.setAtIndex(ValueLayout.JAVA_SHORT, block * 16L * 8 + i, value);
        }
    }

    private static SequenceSlice decoding(int token, int position, int block) {
        return new SequenceSlice(new int[] {token}, position, new int[] {block}, List.of(), new int[] {0});
    }

    private float[][] run(ForwardStep step) {
        Logits logits = executor.forward(step);
        float[][] rows = new float[logits.rows()][logits.vocabularySize()];
        for (int row = 0; row < rows.length; row++) {
            logits.copyRow(row, rows[row]);
        }
        return rows;
    }
}
