package dev.sharegpt4v.server.bench.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sharegpt4v.models.catalog.Device;
import dev.sharegpt4v.models.catalog.ManifestJson;
import dev.sharegpt4v.models.catalog.PackageFile;
import dev.sharegpt4v.models.catalog.PackageManifest;
import dev.sharegpt4v.models.catalog.Precision;
import dev.sharegpt4v.models.catalog.StoredWeights;
import dev.sharegpt4v.models.checkpoint.DecoderConfig;
import dev.sharegpt4v.models.testing.TestResources;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

final class StepReportTest {

    private static final long MS = 1_000_000;
    private static final DecoderWork WORK =
            new DecoderWork(new DecoderConfig(64, 128, 2, 4, 4, 16, 100, 256, 1e-5, 10_000));

    /** The 7B shape: its embeddings have 32,000 x 4,096 numbers. */
    private static PackageManifest manifest(Device device, String weights, long bytes) {
        PackageManifest golden = ManifestJson.read(TestResources.folder("/catalog"));
        return new PackageManifest(
                golden.formatVersion(),
                golden.converterVersion(),
                golden.family(),
                golden.template(),
                device,
                device == Device.CPU ? Precision.FP32 : Precision.FP16,
                new StoredWeights(weights, "fp16", 64, false),
                golden.model(),
                Optional.empty(),
                List.of(new PackageFile("decoder.onnx", 99, ""), new PackageFile("decoder.onnx.data", bytes, "")));
    }

    private static DecodeTraffic traffic(String weights, long bytes) {
        return DecodeTraffic.of(manifest(Device.CPU, weights, bytes), 1000);
    }

    @Test
    void embeddingsAreNotReadByAStep() {
        assertThat(traffic("int4", 4_000_000_000L).weights()).isEqualTo(4_000_000_000L - 32_000L * 4096 * 2);
        assertThat(traffic("fp32", 4_000_000_000L).weights()).isEqualTo(4_000_000_000L - 32_000L * 4096 * 4);
    }

    @Test
    void halvesAreReadWidened() {
        assertThat(traffic("fp16", 4_000_000_000L).weights()).isEqualTo(2 * (4_000_000_000L - 32_000L * 4096 * 2));
    }

    @Test
    void keysAndValuesGrowWithBatchAndContext() {
        long token = 1000;
        assertThat(traffic("int4", 0).kvPerToken()).isEqualTo(token);
        assertThat(traffic("int4", 0).kv(new StepCase(3, 100, 0, 1))).isEqualTo(3 * 101 * token);
        assertThat(traffic("int4", 0).kv(new StepCase(1, 0, 0, 3))).isEqualTo(2 * token);
    }

    @Test
    void decodingIsComparedWithTheMemoryBandwidth() {
        StepCase one = new StepCase(2, 9, 16, 1);
        StepReport report = new StepReport(
                Map.of("model", "m"),
                new MemoryBandwidth(20e9, 2, 1_000_000_000).ceilings(),
                new DecodeTraffic(80 * MS, MS),
                WORK,
                List.of(
                        new StepResult(StepResult.Test.PREFILL, one, new StepTimes(32, new long[] {8 * MS})),
                        new StepResult(StepResult.Test.DECODE, one, new StepTimes(2, new long[] {10 * MS}))));

        // 80 MB of weights and 2 x 10 tokens of 1 MB in 10 ms: 10 of 20 GB/s.
        assertThat(report.share(report.results().getLast())).isCloseTo(0.5, within(1e-9));

        StringWriter text = new StringWriter();
        report.print(new PrintWriter(text));
        assertThat(text.toString())
                .contains("memory bandwidth 20.0 GB/s (2 threads read 1000 MB)", "pp16", "tg1", "50%");

        JsonNode json = report.json();
        assertThat(json.at("/results/0/tokens_per_s").asDouble()).isCloseTo(4000, within(1e-6));
        assertThat(json.at("/results/0").has("share_of_bandwidth")).isFalse();
        assertThat(json.at("/results/1/weight_bytes_per_step").asLong()).isEqualTo(80 * MS);
        assertThat(json.at("/results/1/kv_bytes_per_step").asLong()).isEqualTo(20 * MS);
        assertThat(json.at("/memory_bandwidth/bytes_per_s").asDouble()).isEqualTo(20e9);
        assertThat(json.at("/results/0").has("share_of_matrix_rate")).isFalse();
    }

    @Test
    void prefillIsComparedWithTheMatrixRateWhereThatIsKnown() {
        StepCase one = new StepCase(2, 9, 16, 0);
        double flops = WORK.prefill(one);
        StepReport report = new StepReport(
                Map.of("model", "m"),
                new Ceilings(20e9, OptionalDouble.of(1000 * flops), "a test"),
                new DecodeTraffic(80 * MS, MS),
                WORK,
                // Two repetitions of 4 ms, each in two steps.
                List.of(new StepResult(
                        StepResult.Test.PREFILL, one, new StepTimes(64, new long[] {MS, 3 * MS, 2 * MS, 2 * MS}))));
        JsonNode row = report.json().at("/results/0");
        assertThat(row.path("flop_per_s").asDouble()).isCloseTo(250 * flops, within(1.0));
        assertThat(row.path("share_of_matrix_rate").asDouble()).isCloseTo(0.25, within(1e-9));
        StringWriter text = new StringWriter();
        report.print(new PrintWriter(text));
        assertThat(text.toString()).contains("25% of the matrix rate", "(a test)");
    }

    @Test
    void aGpuReadsHalvesAsTheyAre() {
        PackageManifest cuda = manifest(Device.CUDA, "fp16", 4_000_000_000L);
        assertThat(DecodeTraffic.of(cuda, 1).weights()).isEqualTo(4_000_000_000L - 32_000L * 4096 * 2);
    }
}
