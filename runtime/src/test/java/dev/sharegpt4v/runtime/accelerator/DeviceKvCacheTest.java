package dev.sharegpt4v.runtime.accelerator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sharegpt4v.runtime.execution.ActivationType;
import dev.sharegpt4v.runtime.execution.BlockCopy;
import dev.sharegpt4v.runtime.execution.KvGeometry;
import dev.sharegpt4v.runtime.execution.ModelShape;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class DeviceKvCacheTest {

    private static final ModelShape SHAPE = new ModelShape(10, 10, 3, 2, 8, 16, 64);
    private static final KvGeometry GEOMETRY = new KvGeometry(5, 16);

    @ParameterizedTest
    @EnumSource
    void eachLayerHasATensorOfKeysAndOneOfValues(ActivationType type) {
        try (HostAccelerator accelerator = new HostAccelerator();
                DeviceKvCache cache = new DeviceKvCache(accelerator, SHAPE, GEOMETRY, type)) {
            assertThat(cache.tensors())
                    .extracting(BoundTensor::name)
                    .containsExactly(
                            "key_cache.0",
                            "value_cache.0",
                            "key_cache.1",
                            "value_cache.1",
                            "key_cache.2",
                            "value_cache.2");
            long end = 0;
            for (BoundTensor tensor : cache.tensors()) {
                assertThat(tensor.shape()).containsExactly(5, 16, 2, 8);
                assertThat(tensor.memory().bytes()).isEqualTo(5 * 16 * 2 * 8 * 2);
                assertThat(tensor.memory().address()).isGreaterThanOrEqualTo(end);
                assertThat(HostAccelerator.at(tensor.memory()).toArray(ValueLayout.JAVA_BYTE))
                        .containsOnly(0);
                end = tensor.memory().address() + tensor.memory().bytes();
            }
            assertThat(DeviceKvCache.blockBytes(SHAPE, 16, type)).isEqualTo(2 * 3 * 16 * 2 * 8 * 2);
        }
    }

    @Test
    void copiedBlocksAreEqualInAllLayersAndNothingElseChanges() {
        Random random = new Random(3);
        try (HostAccelerator accelerator = new HostAccelerator();
                DeviceKvCache cache = new DeviceKvCache(accelerator, SHAPE, GEOMETRY, ActivationType.FP16)) {
            int block = 16 * 2 * 8;
            short[][] expected = new short[cache.tensors().size()][5 * block];
            for (int tensor = 0; tensor < expected.length; tensor++) {
                MemorySegment memory =
                        HostAccelerator.at(cache.tensors().get(tensor).memory());
                for (int i = 0; i < expected[tensor].length; i++) {
                    expected[tensor][i] = (short) random.nextInt();
                }
                MemorySegment.copy(expected[tensor], 0, memory, ValueLayout.JAVA_SHORT, 0, 5 * block);
            }
            cache.copy(new BlockCopy(4, 1));
            cache.copy(new BlockCopy(0, 3));
            for (int tensor = 0; tensor < expected.length; tensor++) {
                System.arraycopy(expected[tensor], 4 * block, expected[tensor], block, block);
                System.arraycopy(expected[tensor], 0, expected[tensor], 3 * block, block);
                assertThat(HostAccelerator.at(cache.tensors().get(tensor).memory())
                                .toArray(ValueLayout.JAVA_SHORT))
                        .isEqualTo(expected[tensor]);
            }
        }
    }
}
