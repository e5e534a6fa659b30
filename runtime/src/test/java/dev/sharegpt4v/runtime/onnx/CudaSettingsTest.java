package dev.sharegpt4v.runtime.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CudaSettingsTest {

    @Test
    void pairsAreReadBetweenCommas() {
        assertThat(CudaSettings.parse("")).isEmpty();
        assertThat(CudaSettings.parse("sdpa_kernel=1, use_tf32 = 1"))
                .isEqualTo(Map.of("sdpa_kernel", "1", "use_tf32", "1"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"sdpa_kernel", "=1", "a=", "a=1,", ",a=1"})
    void whatIsNoPairIsRefused(String text) {
        assertThatThrownBy(() -> CudaSettings.parse(text)).hasMessageContaining("KEY=VALUE");
    }
}
