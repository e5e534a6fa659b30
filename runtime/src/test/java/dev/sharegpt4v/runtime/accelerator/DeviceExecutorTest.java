package dev.sharegpt4v.runtime.accelerator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sharegpt4v.runtime.execution.ActivationType;
import dev.sharegpt4v.runtime.execution.BlockCopy;
import dev.sharegpt4v.runtime.execution.ExecutionFailure;
import dev.sharegpt4v.runtime.execution.ForwardStep;
import dev.sharegpt4v.runtime.execution.KvGeometry;
import dev.sharegpt4v.runtime.execution.Logits;
import dev.sharegpt4v.runtime.execution.ModelExecutor;
import dev.sharegpt4v.runtime.execution.ModelShape;
import dev.sharegpt4v.runtime.execution.SequenceSlice;
import dev.sharegpt4v.runtime.testing.Continuation;
import dev.sharegpt4v.runtime.testing.DeviceRig;
import dev.sharegpt4v.runtime.testing.FakeAccelerator;
import dev.sharegpt4v.runtime.testing.ScriptedExecutor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** Steps on a device that a test holds, beside an executor that knows no device. */
final class DeviceExecutorTest {

    private static final ModelShape SHAPE = ScriptedExecutor.shape(300, 256);
    private static final KvGeometry GEOMETRY = new KvGeometry(64, 16);
    private static final int BLOCKS_EACH = 4;

    @Test
    void stepsOfEveryKindGiveWhatAnExecutorWithoutADeviceGives() {
        try (DeviceRig rig = DeviceRig.of(SHAPE, GEOMETRY, 8);
                ModelExecutor plain = new ScriptedExecutor(SHAPE, GEOMETRY, Continuation.HASHED, () -> {})) {
            List<ForwardStep> steps = List.of(
                    new ForwardStep(List.of(slice(0, 0, 20, 19), slice(1, 0, 3))),
                    new ForwardStep(List.of(slice(0, 20, 21, 0), slice(1, 3, 9, 1, 5), slice(2, 0, 1, 0))),
                    decode(21, 9, 1),
                    decode(22, 10, 2),
                    new ForwardStep(List.of(slice(0, 23, 24, 0), slice(5, 16, 17, 0)), List.of(new BlockCopy(0, 20))),
                    decode(24, 11, 3));
            for (ForwardStep step : steps) {
                assertSame(rig.executor().forward(step), plain.forward(step));
            }
            assertThat(rig.graph().plainRuns()).isEqualTo(2);
            assertThat(rig.graph().captures()).isEqualTo(2);
            assertThat(rig.graph().replays()).isEqualTo(2);
        }
    }

    @Test
    void aStepIsOneCopyThereAndOneBackOfTheRowsThatLive() {
        try (DeviceRig rig = DeviceRig.of(SHAPE, GEOMETRY, 8)) {
            rig.executor().forward(new ForwardStep(List.of(slice(0, 0, 20), slice(1, 0, 20), slice(2, 0, 20))));
            assertThat(rig.accelerator().uploads()).isEqualTo(1);
            assertThat(rig.accelerator().downloads()).as("nobody asked").isZero();
            rig.executor().forward(decode(20, 20, 20));
            assertThat(rig.accelerator().uploads()).isEqualTo(2);
            assertThat(rig.accelerator().downloads()).isEqualTo(1);
            assertThat(rig.accelerator().downloadedBytes()).isEqualTo(3L * 300 * Float.BYTES);
        }
    }

    @Test
    void oneThreadUsesTheDeviceWhoeverCalls() throws Exception {
        try (DeviceRig rig = DeviceRig.of(SHAPE, GEOMETRY, 8)) {
            int opened = rig.accelerator().threads().size();
            rig.executor().forward(decode(0));
            Thread other = Thread.ofPlatform().start(() -> rig.executor().forward(decode(1)));
            other.join();
            assertThat(rig.accelerator().threads()).doesNotContain(other).hasSize(opened);
            assertThat(rig.graph().replays()).isEqualTo(1);
        }
    }

    @Test
    void withoutCapturesBucketsRunPlain() {
        try (DeviceRig rig = DeviceRig.of(SHAPE, GEOMETRY, 0)) {
            rig.executor().forward(decode(0, 0, 0));
            rig.executor().forward(decode(1, 1, 1));
            assertThat(rig.graph().captures()).isZero();
            assertThat(rig.graph().plainRuns()).isEqualTo(2);
        }
    }

    @Test
    void theLeastRecentlyUsedCaptureIsGivenUp() {
        try (DeviceRig rig = DeviceRig.of(SHAPE, GEOMETRY, 2)) {
            rig.executor().forward(decode(0));
            rig.executor().forward(decode(1, 0));
            rig.executor().forward(decode(2));
            rig.executor().forward(decode(3, 1, 0, 0));
            assertThat(rig.graph().heldCaptures()).isEqualTo(2);
            rig.executor().forward(decode(4));
            assertThat(rig.graph().replays()).isEqualTo(2);
            rig.executor().forward(decode(5, 2));
            assertThat(rig.graph().captures())
                    .as("the bucket of two was given up")
                    .isEqualTo(4);
            assertThat(rig.graph().mostCaptures()).isEqualTo(2);
        }
    }

    @Test
    void nothingIsCapturedBesideTheEncoder() throws Exception {
        try (DeviceRig rig = DeviceRig.of(SHAPE, GEOMETRY, 8)) {
            CountDownLatch entered = new CountDownLatch(1);
            CountDownLatch mayLeave = new CountDownLatch(1);
            CompletableFuture<Boolean> encoder =
                    CompletableFuture.supplyAsync(() -> rig.gate().exclude(() -> {
                        entered.countDown();
                        return await(mayLeave);
                    }));
            entered.await();
            rig.executor().forward(decode(0));
            assertThat(rig.graph().captures()).isZero();
            assertThat(rig.graph().plainRuns()).isEqualTo(1);
            mayLeave.countDown();
            encoder.join();
            rig.executor().forward(decode(1));
            assertThat(rig.graph().captures()).isEqualTo(1);
        }
    }

    private static boolean await(CountDownLatch latch) {
        try {
            latch.await();
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }

    @Test
    void aCaptureThatFailsIsRetriedWithoutAndNeverAgain() {
        try (DeviceRig rig = DeviceRig.of(SHAPE, GEOMETRY, 8)) {
            rig.graph()
                    .failNextCapture(new ExecutionFailure(
                            ExecutionFailure.Kind.FATAL, "ONNX Runtime: CUDA failure 901: invalidated"));
            assertThatThrownBy(() -> rig.executor().forward(decode(0)))
                    .isInstanceOfSatisfying(
                            ExecutionFailure.class,
                            e -> assertThat(e.kind()).isEqualTo(ExecutionFailure.Kind.RETRYABLE));
            rig.executor().forward(decode(0));
            rig.executor().forward(decode(1));
            assertThat(rig.graph().captures()).isEqualTo(1);
            assertThat(rig.graph().plainRuns()).isEqualTo(2);
            rig.executor().forward(decode(2, 0));
            assertThat(rig.graph().captures()).as("other buckets are").isEqualTo(2);
        }
    }

    @Test
    void aReplayThatFailsDropsItsCapture() {
        try (DeviceRig rig = DeviceRig.of(SHAPE, GEOMETRY, 8)) {
            rig.executor().forward(decode(0));
            rig.graph().failNext(new ExecutionFailure(ExecutionFailure.Kind.RETRYABLE, "busy"));
            assertThatThrownBy(() -> rig.executor().forward(decode(1))).hasMessage("busy");
            assertThat(rig.graph().heldCaptures()).isZero();
            rig.executor().forward(decode(1));
            assertThat(rig.graph().captures()).isEqualTo(2);
        }
    }

    @Test
    void withoutMemoryCapturesAreGivenUpAndTheNextStepMayRun() {
        try (DeviceRig rig = DeviceRig.of(SHAPE, GEOMETRY, 8)) {
            rig.executor().forward(decode(0));
            rig.executor().forward(decode(1, 0));
            rig.graph().failNext(new ExecutionFailure(ExecutionFailure.Kind.OUT_OF_MEMORY, "out of memory"));
            assertThatThrownBy(() -> rig.executor().forward(new ForwardStep(List.of(slice(3, 0, 20)))))
                    .hasMessage("out of memory");
            assertThat(rig.graph().heldCaptures()).isZero();
            rig.executor().forward(decode(2, 1));
        }
    }

    @Test
    void aStepThatIsTooLargeForTheDevicesMemoryLeavesTheOthers() {
        long cache = DeviceKvCache.blockBytes(SHAPE, 16, ActivationType.FP16) * 64;
        FakeAccelerator accelerator = new FakeAccelerator(cache + 16_000);
        try (DeviceRig rig = DeviceRig.of(accelerator, SHAPE, GEOMETRY, 8);
                ModelExecutor plain = new ScriptedExecutor(SHAPE, GEOMETRY, Continuation.HASHED, () -> {})) {
            ForwardStep small = new ForwardStep(List.of(slice(0, 0, 5, 4)));
            assertSame(rig.executor().forward(small), plain.forward(small));
            int[] all = new int[40];
            Arrays.setAll(all, i -> i);
            assertThatThrownBy(() -> rig.executor().forward(new ForwardStep(List.of(slice(1, 0, 40, all)))))
                    .isInstanceOfSatisfying(
                            ExecutionFailure.class,
                            e -> assertThat(e.kind()).isEqualTo(ExecutionFailure.Kind.OUT_OF_MEMORY));
            ForwardStep next = new ForwardStep(List.of(slice(0, 5, 8, 0, 2)));
            assertSame(rig.executor().forward(next), plain.forward(next));
        }
    }

    @Test
    void aLostDeviceIsLeftAloneAtEveryCall() {
        for (int calls = 1; calls < 40; calls++) {
            FakeAccelerator accelerator = new FakeAccelerator(Long.MAX_VALUE);
            DeviceRig rig = DeviceRig.of(accelerator, SHAPE, GEOMETRY, 8);
            accelerator.loseAfter(calls);
            ExecutionFailure failure = runUntilFailure(rig);
            assertThat(failure).hasMessageContaining("illegal memory access");
            assertThat(failure.kind()).isEqualTo(ExecutionFailure.Kind.FATAL);
            assertThatThrownBy(() -> rig.executor().forward(decode(0))).hasMessage("the device failed before");
            rig.close();
            assertThat(accelerator.isClosed()).isFalse();
            accelerator.close();
        }
    }

    private static ExecutionFailure runUntilFailure(DeviceRig rig) {
        for (int position = 0; position < 40; position++) {
            try {
                rig.executor().forward(position % 5 == 4 ? decode(position, 0) : decode(position));
            } catch (ExecutionFailure e) {
                return e;
            }
        }
        throw new AssertionError("the device was not lost");
    }

    @Test
    void closingGivesEverythingBack() {
        DeviceRig rig = DeviceRig.of(SHAPE, GEOMETRY, 8);
        rig.executor().forward(decode(0, 0, 0));
        rig.executor().forward(new ForwardStep(List.of(slice(3, 0, 20, 19))));
        assertThat(rig.accelerator().allocations()).isPositive();
        rig.close();
        assertThat(rig.graph().isClosed()).isTrue();
        assertThat(rig.graph().heldCaptures()).isZero();
        assertThat(rig.accelerator().isClosed()).isTrue();
        assertThat(rig.accelerator().leaked()).isZero();
    }

    /** One token of each sequence, at these positions. */
    private static ForwardStep decode(int... positions) {
        List<SequenceSlice> slices = new ArrayList<>();
        for (int sequence = 0; sequence < positions.length; sequence++) {
            slices.add(slice(sequence, positions[sequence], positions[sequence] + 1, 0));
        }
        return new ForwardStep(slices);
    }

    private static SequenceSlice slice(int sequence, int from, int to, int... rows) {
        int[] tokens = new int[to - from];
        int[] blocks = new int[BLOCKS_EACH];
        for (int i = 0; i < tokens.length; i++) {
            tokens[i] = 3 + (sequence * 31 + (from + i) * 7) % 290;
        }
        for (int i = 0; i < blocks.length; i++) {
            blocks[i] = sequence * BLOCKS_EACH + i;
        }
        return new SequenceSlice(tokens, from, blocks, List.of(), rows);
    }

    private static void assertSame(Logits found, Logits expected) {
        assertThat(found.rows()).isEqualTo(expected.rows());
        for (int row = 0; row < expected.rows(); row++) {
            float[] one = new float[expected.vocabularySize()];
            float[] other = new float[expected.vocabularySize()];
            found.copyRow(row, one);
            expected.copyRow(row, other);
            assertThat(one).isEqualTo(other);
        }
    }
}
