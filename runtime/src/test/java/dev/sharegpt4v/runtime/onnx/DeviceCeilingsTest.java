package dev.sharegpt4v.runtime.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.within;

import dev.sharegpt4v.runtime.accelerator.Accelerator;
import dev.sharegpt4v.runtime.accelerator.BoundTensor;
import dev.sharegpt4v.runtime.accelerator.DeviceMemory;
import dev.sharegpt4v.runtime.accelerator.HostAccelerator;
import dev.sharegpt4v.runtime.accelerator.StepGraph;
import dev.sharegpt4v.runtime.accelerator.TensorType;
import dev.sharegpt4v.runtime.execution.ExecutionFailure;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** On the CPU's provider, with floats: the same calls as on a GPU. */
final class DeviceCeilingsTest {

    private static final int FLOAT = 1;
    private static final int SIDE = 24;

    /** Each look is a millisecond later than the one before. */
    private final AtomicLong now = new AtomicLong();

    @Test
    void theGraphMultipliesByTheTranspose() {
        try (HostAccelerator accelerator = new HostAccelerator();
                BoundGraph graph = CudaCeilings.graph(new CpuProvider(1), accelerator, SIDE, FLOAT);
                StepGraph.Binding binding = graph.newBinding()) {
            long bytes = TensorType.FLOAT.bytes(SIDE, SIDE);
            DeviceMemory memory = accelerator.allocate(3 * bytes);
            MemorySegment left = HostAccelerator.at(memory.slice(0, bytes));
            MemorySegment right = HostAccelerator.at(memory.slice(bytes, bytes));
            MemorySegment product = HostAccelerator.at(memory.slice(2 * bytes, bytes));
            for (int i = 0; i < SIDE * SIDE; i++) {
                left.setAtIndex(ValueLayout.JAVA_FLOAT, i, i % 7 - 3);
                right.setAtIndex(ValueLayout.JAVA_FLOAT, i, i % 5 - 2);
            }
            binding.input(BoundTensor.of("left", TensorType.FLOAT, memory.slice(0, bytes), SIDE, SIDE));
            binding.input(BoundTensor.of("right", TensorType.FLOAT, memory.slice(bytes, bytes), SIDE, SIDE));
            binding.output(BoundTensor.of("product", TensorType.FLOAT, memory.slice(2 * bytes, bytes), SIDE, SIDE));
            binding.run(StepGraph.NO_CAPTURE);
            for (int row = 0; row < SIDE; row++) {
                for (int column = 0; column < SIDE; column++) {
                    float expected = 0;
                    for (int k = 0; k < SIDE; k++) {
                        expected += ((row * SIDE + k) % 7 - 3) * ((column * SIDE + k) % 5 - 2);
                    }
                    assertThat(product.getAtIndex(ValueLayout.JAVA_FLOAT, row * SIDE + column))
                            .isEqualTo(expected);
                }
            }
            accelerator.free(memory);
        }
    }

    @Test
    void ratesFollowFromTheClock() {
        HostAccelerator accelerator = new HostAccelerator();
        DeviceCeilings ceilings = new DeviceCeilings(accelerator, 4, () -> now.addAndGet(1_000_000));
        // Four copies of a megabyte, read and written, in a millisecond.
        assertThat(ceilings.copy(1_000_000)).isCloseTo(8e9, within(1.0));
        try (BoundGraph graph = CudaCeilings.graph(new CpuProvider(1), accelerator, SIDE, FLOAT)) {
            double flops = 4 * 2.0 * SIDE * SIDE * SIDE;
            assertThat(ceilings.product(graph, TensorType.FLOAT, SIDE)).isCloseTo(flops * 1000, within(1.0));
        }
        assertThat(accelerator.allocations()).isZero();
        accelerator.close();
    }

    @Test
    void theDevicesMemoryIsGivenBackWhereAProductFails() {
        HostAccelerator accelerator = new HostAccelerator();
        try (Accelerator _ = accelerator;
                BoundGraph graph = CudaCeilings.graph(new CpuProvider(1), accelerator, SIDE, FLOAT)) {
            DeviceCeilings ceilings = new DeviceCeilings(accelerator, 1, now::incrementAndGet);
            assertThat(catchThrowable(() -> ceilings.product(graph, TensorType.FLOAT, SIDE + 1)))
                    .isInstanceOf(ExecutionFailure.class);
            assertThat(accelerator.allocations()).isZero();
        }
    }
}
