package dev.sharegpt4v.server.bench.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SummaryTest {

    @TempDir
    private Path folder;

    private void part(String name, String json) throws IOException {
        Files.writeString(folder.resolve(name + ".json"), json.replace('\'', '"'));
    }

    private static String parity(boolean within, boolean repeats, String text) {
        return "{'within_limits': %s, 'equal_bits_when_repeated': %s, 'equal_texts_when_repeated': true, 'texts': ['%s']}"
                .formatted(within, repeats, text);
    }

    private void engine(double one, double share, double many, double prefill) throws IOException {
        part(
                "engine-prefill",
                "{'results': [{'test': 'pp512', 'batch': 1, 'context': 0, 'tokens_per_s': 20000,"
                        + " 'median_step_ms': 25.6, 'share_of_matrix_rate': " + prefill + "}]}");
        part(
                "engine-decode",
                ("{'results': [{'test': 'tg64', 'batch': 1, 'context': 512, 'tokens_per_s': %s, 'median_step_ms': 4,"
                                + " 'share_of_bandwidth': %s}, {'test': 'tg64', 'batch': 32, 'context': 512,"
                                + " 'tokens_per_s': %s, 'median_step_ms': 5}]}")
                        .formatted(one, share, many));
    }

    @BeforeEach
    void everythingReached() throws IOException {
        part("machine", "{'gpu': 'NVIDIA H200, driver 580'}");
        part("parity-demo", parity(true, true, "a red ring"));
        part("parity-demo-flash", parity(true, true, "a red ring"));
        part("parity-synthetic", parity(true, true, "anything"));
        engine(250, 0.85, 6000, 0.6);
        part("encode", "{'results': [{'batch': 1, 'images_per_s': 40}, {'batch': 16, 'images_per_s': 300}]}");
        part("transformers", "{'results': [{'test': 'tg64', 'batch': 32, 'context': 512, 'tokens_per_s': 1000}]}");
    }

    private String verdict(String name) throws IOException {
        for (JsonNode aim : Summary.read(folder).json().path("aims")) {
            if (aim.path("name").asText().contains(name)) {
                return aim.path("verdict").asText();
            }
        }
        throw new AssertionError("no aim " + name);
    }

    @Test
    void whereEverythingIsReachedNothingIsMissed() throws IOException {
        Summary summary = Summary.read(folder);
        assertThat(summary.isMissed()).isFalse();
        assertThat(summary.json().path("aims"))
                .hasSize(12)
                .allSatisfy(aim -> assertThat(aim.path("verdict").asText()).isEqualTo("yes"));
        assertThat(summary.markdown())
                .contains(
                        "NVIDIA H200, driver 580",
                        "| tg64 | 32 | 512 | 6000.00 | 5.00 |  |  | 1000.00 |",
                        "85 %",
                        "60 %")
                .doesNotContain("NO", "not measured");
    }

    @Test
    void eachAimIsMissedByItsOwnFigure() throws IOException {
        engine(250, 0.79, 6000, 0.6);
        assertThat(verdict("batch 1: share")).isEqualTo("NO");
        engine(250, 0.85, 4999, 0.6);
        assertThat(verdict("times the tokens/s of batch 1")).isEqualTo("NO");
        engine(250, 0.85, 6000, 0.49);
        assertThat(verdict("prefill")).isEqualTo("NO");
        engine(140, 0.85, 2999, 0.6);
        assertThat(verdict("transformers")).isEqualTo("NO");
        part("encode", "{'results': [{'batch': 16, 'images_per_s': 49}]}");
        assertThat(verdict("images")).isEqualTo("NO");
        assertThat(Summary.read(folder).isMissed()).isTrue();
    }

    @Test
    void otherNumbersThanTheCpusAreMissed() throws IOException {
        part("parity-synthetic", parity(false, true, "anything"));
        assertThat(verdict("synthetic: only rounding")).isEqualTo("NO");
        part("parity-demo", parity(true, false, "a red ring"));
        assertThat(verdict("demo: repeated")).isEqualTo("NO");
    }

    @Test
    void otherTextsByAnotherKernelAreMissed() throws IOException {
        part("parity-demo-flash", parity(true, true, "a red red ring"));
        assertThat(verdict("same greedy texts")).isEqualTo("NO");
    }

    @Test
    void whatDidNotRunIsNotMeasuredAndNotMissed() throws IOException {
        for (String name : new String[] {
            "machine",
            "parity-demo",
            "parity-demo-flash",
            "parity-synthetic",
            "engine-decode",
            "engine-prefill",
            "encode",
            "transformers"
        }) {
            Files.delete(folder.resolve(name + ".json"));
        }
        Summary summary = Summary.read(folder);
        assertThat(summary.isMissed()).isFalse();
        assertThat(summary.json().path("aims"))
                .isNotEmpty()
                .allSatisfy(aim -> assertThat(aim.path("verdict").asText()).isEqualTo("not measured"));
        assertThat(summary.markdown()).contains("an unknown GPU", "not measured");
    }

    @Test
    void anOlderSummaryIsNoPart() throws IOException {
        part("summary", "{'results': []}");
        assertThat(Summary.read(folder).json().path("parts").has("summary")).isFalse();
    }
}
