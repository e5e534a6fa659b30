package dev.sharegpt4v.server.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sharegpt4v.models.testing.ParityCase;
import dev.sharegpt4v.server.testing.Pictures;
import dev.sharegpt4v.server.testing.Shell;
import dev.sharegpt4v.server.testing.TinyPackage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ParityCommandTest {

    @TempDir
    private static Path folder;

    @BeforeAll
    static void picture() throws IOException {
        Files.write(folder.resolve("a.png"), Pictures.png(1));
    }

    private static Shell compare(Path candidate, String... more) {
        List<String> args = new ArrayList<>(List.of(
                "bench",
                "parity",
                "--threads",
                "1",
                "--tokens",
                "6",
                "--chunk",
                "20",
                "--reference",
                TinyPackage.in(folder).toString(),
                "--model",
                candidate.toString(),
                "--image",
                folder.resolve("a.png").toString()));
        args.addAll(List.of(more));
        return Shell.run(args.toArray(String[]::new));
    }

    @Test
    void aModelEqualsItself() throws IOException {
        Path json = folder.resolve("same.json");
        Shell shell = compare(TinyPackage.in(folder), "--json", json.toString());
        assertThat(shell.code()).as(shell.out() + shell.err()).isZero();
        assertThat(shell.out()).contains("only rounding differs", "equal bits");
        JsonNode report = new JsonMapper().readTree(json.toFile());
        assertThat(report.path("mean_divergence").asDouble()).isZero();
        assertThat(report.path("feature_error").asDouble()).isZero();
        assertThat(report.path("positions").asInt()).isPositive();
        assertThat(report.path("texts")).isNotEmpty().isEqualTo(report.path("reference_texts"));
    }

    @Test
    void halvesDifferByRounding() {
        Shell shell = compare(converted("fp16"));
        assertThat(shell.code()).as(shell.out() + shell.err()).isZero();
    }

    @Test
    void fourBitsDifferByMore() {
        Shell shell = compare(converted("int4"), "--max-divergence", "1e-7");
        assertThat(shell.code()).as(shell.out() + shell.err()).isOne();
        assertThat(shell.out()).contains("MORE THAN ROUNDING");
    }

    @Test
    void whereNoPromptFitsThatIsWrongUsage() {
        assertThat(compare(TinyPackage.in(folder), "--tokens", "100000").code()).isEqualTo(2);
    }

    private static Path converted(String weights) {
        Path target = folder.resolve(weights);
        Shell shell = Shell.run(
                "convert",
                ParityCase.load("plain", "published").checkpoint().toString(),
                target.toString(),
                "--weights",
                weights);
        assertThat(shell.code()).as(shell.err()).isZero();
        return target;
    }
}
