package dev.sharegpt4v.server.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sharegpt4v.models.testing.ParityCase;
import dev.sharegpt4v.server.testing.Shell;
import dev.sharegpt4v.server.testing.TinyPackage;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Packages for both devices on a machine that has no GPU. */
@DisabledIfEnvironmentVariable(named = "SHAREGPT4V_DEVICE", matches = ".*")
final class DeviceFlagsTest {

    @TempDir
    private static Path folder;

    private static String cpu;
    private static String cuda;

    @BeforeAll
    static void convert() {
        cpu = TinyPackage.in(folder).toString();
        cuda = folder.resolve("cuda").toString();
        Shell shell = Shell.run(
                "convert",
                ParityCase.load("plain", "published").checkpoint().toString(),
                cuda,
                "--device",
                "cuda",
                "--weights",
                "fp16");
        assertThat(shell.code()).as(shell.err()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "serve --port 0 --model CUDA",
                "caption a.png --model CUDA",
                "bench --model CUDA",
                "bench engine --model CUDA",
                "bench encoder --model CUDA"
            })
    void aBuildForTheCpuSaysThatItIsOneAndWhatBringsTheOther(String line) {
        Shell shell = Shell.run(line.replace("CUDA", cuda).split(" "));
        assertThat(shell.code()).as(shell.err()).isEqualTo(3);
        assertThat(shell.err())
                .contains("for the CPU only", "-Pcuda", "--target cuda")
                .doesNotContain("\tat ")
                .hasLineCount(1);
        assertThat(shell.out()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"serve --port 0", "caption a.png", "bench", "bench engine", "bench encoder"})
    void aPackageOfTheOtherDeviceIsRefusedWithTheCommandThatMakesTheRightOne(String command) {
        Shell onCuda = Shell.run((command + " --device cuda --model " + cpu).split(" "));
        assertThat(onCuda.code()).as(onCuda.err()).isEqualTo(1);
        assertThat(onCuda.err()).contains("sharegpt4v convert", "--device cuda").hasLineCount(1);
        Shell onCpu = Shell.run((command + " --device cpu --model " + cuda).split(" "));
        assertThat(onCpu.code()).as(onCpu.err()).isEqualTo(1);
        assertThat(onCpu.err()).contains("sharegpt4v convert", "--device cpu").hasLineCount(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--model CPU --gpu-memory-share 0.5",
                "--model CUDA --kv-cache-share 0.5",
                "--model CUDA --kv-cache-dtype fp16",
                "--model CUDA --kv-block-size 64",
                "--model CUDA --kv-block-size 512",
            })
    void optionsOfTheOtherDeviceAreWrongUsage(String options) {
        Shell shell = Shell.run(("serve --port 0 " + options.replace("CPU", cpu).replace("CUDA", cuda)).split(" "));
        assertThat(shell.code()).as(shell.err()).isEqualTo(2);
        assertThat(shell.err()).doesNotContain("\tat ");
    }

    @Test
    void encodesAreMeasuredOnTheCpuToo() {
        Shell shell = Shell.run(("bench encoder --batch 1,2 --repetitions 2 --model " + cpu).split(" "));
        assertThat(shell.code()).as(shell.err()).isZero();
        assertThat(shell.out()).contains("images/s");
    }
}
