package dev.sharegpt4v.server.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sharegpt4v.models.testing.ParityCase;
import dev.sharegpt4v.server.testing.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class CommandLineTest {

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({
        "serve,   --port",
        "convert, --vision-tower",
        "caption, --prompt",
        "inspect, --verify",
    })
    void everyCommandExplainsItself(String command, String option) {
        Shell shell = Shell.run(command, "--help");
        assertThat(shell.code()).isZero();
        assertThat(shell.out()).contains("Usage: sharegpt4v " + command).contains(option);
        assertThat(shell.err()).isEmpty();
    }

    @Test
    void theRootCommandNamesTheOthersAndItsVersion() {
        assertThat(Shell.run("--help").out()).contains("serve", "convert", "caption", "inspect");
        assertThat(Shell.run("--version")).satisfies(shell -> {
            assertThat(shell.code()).isZero();
            assertThat(shell.out()).startsWith("sharegpt4v ");
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "sing",
                "serve --colour red",
                "serve --port many",
                "serve --port 70000 --model .",
                "serve --threads 0 --model .",
                "serve --kv-block-size 48 --model .",
                "serve --kv-cache-dtype fp8 --model .",
                "serve --kv-cache-share 0 --model .",
                "serve --kv-cache-share 1.01 --model .",
                "serve --kv-cache-share 0.5 --kv-cache-mb 100 --model .",
                "serve --kv-cache-share 0.5 --gpu-memory-share 0.5 --model .",
                "serve --gpu-memory-share 0 --model .",
                "serve --gpu-memory-share 1.01 --model .",
                "serve --device tpu --model .",
                "serve --gpu -1 --model .",
                "serve --gpu one --model .",
                "serve --max-running 0 --model .",
                "serve --max-images -1 --model .",
                "serve --drain-seconds -1 --model .",
                "serve extra",
                "caption",
                "caption --max-tokens 0 --model . a.png",
                "caption --shard 4/4 --model . a.png",
                "caption --shard 1 --model . a.png",
                "caption --concurrency 0 --model . a.png",
                "convert --skip-existing --force a b",
                "convert",
                "convert one",
                "convert one two three",
                "convert one two --weights int5",
                "convert one two --block-size 48",
                "convert one two --device tpu",
                "convert one two --weights bf16",
                "convert one two --device cuda --weights int8",
                "convert one two --device cuda --weights fp32",
                "convert one two --device cuda --vision-weights int8",
                "convert one two --device cuda --weights int4 --block-size 256",
                "convert --synthetic sharegpt4v-7b one two",
                "inspect",
                "serve --config /nowhere/at/all",
            })
    void wrongUsageIsTwo(String line) {
        Shell shell = Shell.run(line.isEmpty() ? new String[0] : line.split(" "));
        assertThat(shell.code()).as(shell.err()).isEqualTo(2);
        assertThat(shell.err()).isNotBlank().doesNotContain("\tat ");
        assertThat(shell.out()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"serve --model", "caption a.png --model", "inspect"})
    void aPackageThatIsNotThereIsOne(String line) {
        Path missing = folder.resolve("missing");
        Shell shell = Shell.run((line + " " + missing).split(" "));
        assertThat(shell.code()).as(shell.err()).isEqualTo(1);
        assertThat(shell.err()).contains(missing.toString()).hasLineCount(1);
        assertThat(shell.out()).isEmpty();
    }

    @Test
    void aMisspeltNameInTheConfigurationIsWrongUsage() throws IOException {
        Path file = Files.writeString(folder.resolve("a.properties"), "prot=9000\nmax-running=4\n");
        Shell shell = Shell.run("serve", "--config", file.toString());
        assertThat(shell.code()).isEqualTo(2);
        assertThat(shell.err()).contains("[prot]");
    }

    @Test
    void aCheckpointIsNotServedButItsConversionIsNamed() {
        Path checkpoint = ParityCase.load("narrow", "published").checkpoint();
        Shell shell = Shell.run("serve", "--model", checkpoint.toString());
        assertThat(shell.code()).isEqualTo(1);
        assertThat(shell.err()).contains("convert " + checkpoint).hasLineCount(1);
    }

    @Test
    void aFolderThatIsNoCheckpointIsNotConverted() {
        Shell shell = Shell.run(
                "convert", folder.toString(), folder.resolve("package").toString());
        assertThat(shell.code()).isEqualTo(1);
        assertThat(shell.err()).contains(folder.toString()).hasLineCount(1);
    }
}
