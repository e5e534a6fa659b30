package dev.sharegpt4v.server.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class GoodputTest {

    @Test
    void limitsAreWrittenAsForVllm() {
        assertThat(Goodput.parse(List.of("ttft:2000", "tpot:0.5", "e2el:1e4")).limits())
                .isEqualTo(Map.of(Latency.TTFT, 2000.0, Latency.TPOT, 0.5, Latency.E2E, 10_000.0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ttft", "ttft:", "ttft:x", "ttft:-1", "ttft:1:2", "itl:5", "speed:1", "ttft:NaN", ""})
    void whatIsNoLimitIsNamed(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Goodput.parse(List.of(text)))
                .withMessageContaining("'" + text + "'");
    }
}
