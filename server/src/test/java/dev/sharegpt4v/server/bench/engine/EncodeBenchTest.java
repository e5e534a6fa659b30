package dev.sharegpt4v.server.bench.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sharegpt4v.runtime.testing.ScriptedEncoder;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class EncodeBenchTest {

    private static final long MS = 1_000_000;

    private final AtomicLong clock = new AtomicLong();
    private long encodes;

    /** Encodes take one millisecond more each time. */
    private final ScriptedEncoder encoder = new ScriptedEncoder(4, 8, () -> clock.addAndGet(++encodes * MS));

    @Test
    void batchesAreTimedAfterOneUntimedEncode() {
        EncodeResult result = new EncodeBench(encoder, 6, 5, 3, 1, clock::get).run(4);
        assertThat(result.times().nanos()).containsExactly(2 * MS, 3 * MS, 4 * MS);
        // 12 images in 9 ms.
        assertThat(result.times().tokensPerSecond()).isCloseTo(12 / 0.009, within(1e-6));
        assertThat(encoder.batches())
                .hasSize(4)
                .allSatisfy(batch -> assertThat(batch).hasSize(4).doesNotHaveDuplicates());
    }

    @Test
    void peopleAndProgramsReadTheSame() {
        EncodeReport report = new EncodeReport(
                Map.of("vision_weights", "fp16"), List.of(new EncodeResult(2, new StepTimes(4, new long[] {MS, 3 * MS
                }))));
        StringWriter text = new StringWriter();
        report.print(new PrintWriter(text));
        assertThat(text.toString()).contains("vision weights", "images/s", "1000.000", "2.0", "1.0");
        JsonNode json = report.json();
        assertThat(json.at("/settings/vision_weights").asText()).isEqualTo("fp16");
        assertThat(json.at("/results/0/images_per_s").asDouble()).isCloseTo(1000, within(1e-6));
        assertThat(json.at("/results/0/median_batch_ms").asDouble()).isCloseTo(2, within(1e-9));
    }
}
