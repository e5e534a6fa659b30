package dev.sharegpt4v.runtime.accelerator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sharegpt4v.runtime.execution.ContentHash;
import dev.sharegpt4v.runtime.execution.ExecutionFailure;
import dev.sharegpt4v.runtime.execution.ImageFeatures;
import dev.sharegpt4v.runtime.execution.ImageInput;
import dev.sharegpt4v.runtime.testing.FakeAccelerator;
import dev.sharegpt4v.runtime.testing.ScriptedVision;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class DeviceEncoderTest {

    private static final int ROWS = 3;
    private static final int HIDDEN = 4;

    private final FakeAccelerator accelerator = new FakeAccelerator(Long.MAX_VALUE);

    @Test
    void imagesOfABatchAreEncodedTogetherAndComeBackInTheirOrder() {
        ScriptedVision graph = new ScriptedVision(accelerator, 8);
        try (DeviceEncoder encoder = encoder(graph)) {
            assertEncodes(encoder, 5);
            assertEncodes(encoder, 1);
            assertEncodes(encoder, 7);
            assertThat(graph.batches()).containsExactly(5, 1, 7);
        }
        assertThat(graph.isClosed()).isTrue();
        assertThat(accelerator.isClosed()).isTrue();
        assertThat(accelerator.leaked()).isZero();
    }

    @Test
    void aBatchThatFindsNoMemoryIsCut() {
        ScriptedVision graph = new ScriptedVision(accelerator, 2);
        try (DeviceEncoder encoder = encoder(graph)) {
            assertEncodes(encoder, 7);
            assertThat(graph.batches()).containsExactly(1, 2, 2, 2);
        }
    }

    @Test
    void anImageThatFindsNoMemoryIsAFailureAndTheNextOneMayRun() {
        ScriptedVision graph = new ScriptedVision(accelerator, 2);
        try (DeviceEncoder encoder = encoder(graph)) {
            graph.failNext(new ExecutionFailure(ExecutionFailure.Kind.OUT_OF_MEMORY, "no room"));
            assertThatThrownBy(() -> encoder.encode(images(1))).hasMessage("no room");
            assertEncodes(encoder, 2);
        }
    }

    @Test
    void aLostDeviceIsLeftAlone() {
        ScriptedVision graph = new ScriptedVision(accelerator, 2);
        DeviceEncoder encoder = encoder(graph);
        accelerator.loseAfter(1);
        assertThatThrownBy(() -> encoder.encode(images(2))).hasMessageContaining("illegal memory access");
        assertThatThrownBy(() -> encoder.encode(images(2))).hasMessage("the device failed before");
        encoder.close();
        assertThat(graph.isClosed()).isFalse();
    }

    @Test
    void imagesWaitForACaptureToEnd() throws Exception {
        CaptureGate gate = new CaptureGate();
        ScriptedVision graph = new ScriptedVision(accelerator, 8);
        try (DeviceEncoder encoder = new DeviceEncoder(accelerator, graph, HIDDEN, 8, gate)) {
            assertThat(gate.tryCapture()).isTrue();
            Thread other = Thread.ofPlatform().start(() -> encoder.encode(images(2)));
            while (!gate.hasWaiting()) {
                Thread.onSpinWait();
            }
            assertThat(graph.batches()).isEmpty();
            gate.endCapture();
            other.join();
            assertThat(graph.batches()).containsExactly(2);
        }
    }

    private DeviceEncoder encoder(ScriptedVision graph) {
        return new DeviceEncoder(accelerator, graph, HIDDEN, 8, new CaptureGate());
    }

    private static List<ImageInput> images(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> new ImageInput(
                        new ContentHash(count, i), new float[] {i + 1, 5, 5, 5, 5, 5}, new long[] {1, 2, 3}, ROWS))
                .toList();
    }

    private static void assertEncodes(DeviceEncoder encoder, int count) {
        List<ImageInput> images = images(count);
        List<ImageFeatures> found = encoder.encode(images);
        assertThat(found).hasSize(count);
        for (int image = 0; image < count; image++) {
            assertThat(found.get(image).hash()).isEqualTo(images.get(image).hash());
            assertThat(found.get(image).rows()).isEqualTo(ROWS);
            for (int i = 0; i < ROWS * HIDDEN; i++) {
                assertThat(found.get(image).values()[i])
                        .isEqualTo(ScriptedVision.feature(image + 1, i / HIDDEN, i % HIDDEN));
            }
        }
    }
}
