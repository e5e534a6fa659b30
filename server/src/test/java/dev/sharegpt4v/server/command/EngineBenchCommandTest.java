package dev.sharegpt4v.server.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sharegpt4v.server.testing.TinyPackage;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

final class EngineBenchCommandTest {

    @TempDir
    private static Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... more) {
        List<String> args = new ArrayList<>(List.of("engine", "--threads", "1", "--bandwidth-mb", "4"));
        args.addAll(List.of(more));
        return execute(args);
    }

    private int encoder(String... more) {
        List<String> args = new ArrayList<>(List.of("encoder", "--encoder-threads", "1"));
        args.addAll(List.of(more));
        return execute(args);
    }

    private int execute(List<String> args) {
        args.addAll(1, List.of("--model", TinyPackage.in(folder).toString()));
        CommandLine line = new CommandLine(new BenchCommand());
        line.setOut(new PrintWriter(out));
        line.setErr(new PrintWriter(err));
        return line.execute(args.toArray(String[]::new));
    }

    @Test
    void everyBatchIsMeasuredAtEveryContext() throws IOException {
        Path json = folder.resolve("engine.json");
        int code = run(
                "--prefill",
                "20",
                "--decode",
                "4",
                "--batch",
                "1,3",
                "--context",
                "0,30",
                "--kv-block-size",
                "16",
                "--repetitions",
                "2",
                "--json",
                json.toString());
        assertThat(code).as(err.toString()).isZero();
        assertThat(out.toString()).contains("memory bandwidth", "pp20", "tg4");
        JsonNode results = new JsonMapper().readTree(json.toFile()).path("results");
        assertThat(results).hasSize(8).allSatisfy(result -> {
            assertThat(result.path("tokens_per_s").asDouble()).isPositive();
            assertThat(result.path("least_step_ms").asDouble())
                    .isPositive()
                    .isLessThanOrEqualTo(result.path("median_step_ms").asDouble());
        });
        assertThat(results.at("/1/weight_bytes_per_step").asLong()).isPositive();
    }

    @Test
    void aProfileShowsWhichOperatorsTookTheTime() throws IOException {
        Path trace = folder.resolve("trace.json");
        int code = run("--prefill", "8", "--decode", "2", "--ort-profile", trace.toString());
        assertThat(code).as(err.toString()).isZero();
        assertThat(out.toString()).contains("PagedAttention", "SkipSimplifiedLayerNormalization", "between operators");
        assertThat(trace).isRegularFile();
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.map(file -> file.getFileName().toString()).filter(name -> name.startsWith("trace")))
                    .containsExactly("trace.json");
        }
    }

    @Test
    void whatExceedsTheContextIsRefused() {
        assertThat(run("--context", "100000")).isEqualTo(2);
        assertThat(err.toString()).contains("do not fit into the model's context");
    }

    @Test
    void encodesAreMeasuredInEveryBatch() throws IOException {
        Path json = folder.resolve("encoder.json");
        assertThat(encoder("--batch", "1,3", "--repetitions", "2", "--json", json.toString()))
                .as(err.toString())
                .isZero();
        assertThat(out.toString()).contains("images/s", "vision weights");
        JsonNode results = new JsonMapper().readTree(json.toFile()).path("results");
        assertThat(results)
                .hasSize(2)
                .allSatisfy(result ->
                        assertThat(result.path("images_per_s").asDouble()).isPositive());
        assertThat(encoder("--batch", "0")).isEqualTo(2);
        assertThat(encoder("--repetitions", "0")).isEqualTo(2);
    }

    @Test
    void nothingToMeasureIsRefused() {
        assertThat(run("--prefill", "0", "--decode", "0")).isEqualTo(2);
        assertThat(run("--batch", "0")).isEqualTo(2);
    }
}
