package dev.sharegpt4v.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.sharegpt4v.models.catalog.ManifestJson;
import dev.sharegpt4v.models.catalog.PackageFile;
import dev.sharegpt4v.models.catalog.PackageManifest;
import dev.sharegpt4v.models.catalog.StoredWeights;
import dev.sharegpt4v.models.testing.TestResources;
import dev.sharegpt4v.runtime.engine.EngineOptions;
import dev.sharegpt4v.runtime.execution.KvFormat;
import dev.sharegpt4v.runtime.execution.ModelShape;
import dev.sharegpt4v.runtime.onnx.CpuDevice;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class KvSizingTest {

    /** ShareGPT4V-7B: 32 layers of 32 heads of 128. */
    private static final ModelShape SHAPE = new ModelShape(32_000, 32_000, 32, 32, 128, 4096, 4096);

    private static final int PICTURE = 640;
    private static final long GB = 1L << 30;
    private static final MemoryNeeds NEEDS = new MemoryNeeds(5 * GB, GB / 2, GB / 4, GB + GB / 4);

    private static final KvBudget.Size AUTOMATIC = new KvBudget.Automatic();

    private static KvSizing choose(long gigabytes, boolean hard, KvFormat format, KvBudget.Size size) {
        return KvSizing.choose(
                SHAPE,
                new KvBudget(64, format, size),
                new MachineMemory(gigabytes * GB, hard),
                NEEDS,
                Neighbours.NONE,
                PICTURE);
    }

    /** What is left is the memory less 7 GB; a context takes 4 GB in fp32 and a little more than 2 and 1 in the others. */
    @ParameterizedTest
    @CsvSource({
        // memory, container, format, least and most MB
        "  8, true,  FP16,   930,  1024",
        "  8, true,  INT8,   980,  1024",
        " 16, true,  FP32,  9180,  9216",
        " 16, true,  FP16,  9180,  9216",
        " 16, false, FP16,  2000,  2048",
        "  8, false, FP16,   980,  1024",
        " 64, false, FP16,  8150,  8192",
        "999, false, FP16, 32768, 33000",
        "999, true,  FP32, 65536, 65536"
    })
    void memoryDecides(long gigabytes, boolean hard, KvFormat format, long least, long most) {
        KvSizing chosen = choose(gigabytes, hard, format, AUTOMATIC);
        assertThat(chosen.bytes() >> 20).isBetween(least, most);
        assertThat(chosen.geometry().blocks() * CpuDevice.kvBlockBytes(SHAPE, 64, format))
                .isEqualTo(chosen.bytes());
    }

    @ParameterizedTest
    @CsvSource({"FP32, 80", "FP16, 159", "INT8, 310"})
    void bytesAskedForAreFilledWithWholeBlocks(KvFormat format, int blocks) {
        assertThat(choose(4, true, format, new KvBudget.Bytes(5 * GB))
                        .geometry()
                        .blocks())
                .isEqualTo(blocks);
    }

    @Test
    void aShareIsOneOfWhatIsLeft() {
        assertThat(choose(17, false, KvFormat.FP32, new KvBudget.Share(0.5)).bytes())
                .isEqualTo(5 * GB);
        assertThat(choose(17, true, KvFormat.FP32, new KvBudget.Share(1)).bytes())
                .isEqualTo(10 * GB);
    }

    @Test
    void modelsOfOneServerShareInEqualPartsWhatAllOfThemLeave() {
        KvBudget budget = new KvBudget(64, KvFormat.FP32, AUTOMATIC);
        Neighbours two = new Neighbours(2, 3 * GB);
        KvSizing chosen = KvSizing.choose(SHAPE, budget, new MachineMemory(16 * GB, true), NEEDS, two, PICTURE);
        assertThat(chosen.bytes()).isEqualTo(2 * GB);
        assertThat(chosen.reason()).endsWith("1280 for the JVM and 3072 for the other models leave 2048 for each");
        KvBudget asked = new KvBudget(64, KvFormat.FP32, new KvBudget.Bytes(GB));
        assertThat(KvSizing.choose(SHAPE, asked, new MachineMemory(16 * GB, true), NEEDS, two, PICTURE)
                        .bytes())
                .isEqualTo(GB);
    }

    @ParameterizedTest
    @CsvSource({"7, true", "3, true", "7, false"})
    void nothingStartsWhereNotOneRequestFits(long gigabytes, boolean hard) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> choose(gigabytes, hard, KvFormat.INT8, AUTOMATIC))
                .withMessageContainingAll(
                        "would hold 0 blocks of 64 tokens",
                        "takes 640 positions, 10 blocks, 165 MB",
                        gigabytes * 1024 + " MB of the",
                        "5120 MB for weights",
                        "leave 0",
                        "--kv-cache-mb");
    }

    @Test
    void oneBlockLessThanARequestTakesIsRefused() {
        long block = CpuDevice.kvBlockBytes(SHAPE, 64, KvFormat.FP16);
        assertThat(choose(16, true, KvFormat.FP16, new KvBudget.Bytes(10 * block))
                        .geometry()
                        .blocks())
                .isEqualTo(10);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> choose(16, true, KvFormat.FP16, new KvBudget.Bytes(10 * block - 1)))
                .withMessageContaining("would hold 9 blocks of 64 tokens");
    }

    @Test
    void theLogSaysWhatWasChosenAndWhy() {
        KvBudget budget = new KvBudget(64, KvFormat.FP32, AUTOMATIC);
        assertThat(choose(16, true, KvFormat.FP32, AUTOMATIC).line(budget))
                .isEqualTo(
                        "KV cache: 144 blocks of 64 tokens in fp32, 9216 MB when all are used; all that is left: 16384 MB"
                                + " of the container less 5120 MB for weights, 512 for activations, 256 for image features and 1280"
                                + " for the JVM leave 9216");
        assertThat(choose(8, true, KvFormat.FP32, new KvBudget.Bytes(2 * GB)).reason())
                .startsWith("as asked for, which is more than is left");
        assertThat(choose(16, false, KvFormat.FP32, new KvBudget.Share(0.25)).reason())
                .startsWith("25 % of what is left: 16384 MB of the machine");
    }

    @ParameterizedTest
    @CsvSource({
        "8192, MemTotal: 8 kB, false",
        "8191, MemTotal:       8 kB, true",
        "8193, MemTotal: 8 kB, false",
        "1, '', false",
        "1, MemTotal: kB, false",
        "1, MemFree: 100 kB, false"
    })
    void aContainerIsWhatHasLessThanTheMachine(long visible, String line, boolean hard) {
        assertThat(MachineMemory.of(visible, List.of("SwapTotal: 5 kB", line)))
                .isEqualTo(new MachineMemory(visible, hard));
    }

    @Test
    void thisMachineHasMemory() {
        assertThat(MachineMemory.read().bytes()).isGreaterThan(100L << 20);
    }

    @Test
    void needsFollowFromThePackageAndTheSettings() {
        PackageManifest golden = ManifestJson.read(TestResources.folder("/catalog"));
        PackageManifest manifest = new PackageManifest(
                golden.formatVersion(),
                golden.converterVersion(),
                golden.family(),
                golden.template(),
                golden.device(),
                golden.activations(),
                new StoredWeights("int4", "fp16", 128, false),
                golden.model(),
                Optional.empty(),
                List.of(
                        new PackageFile("decoder.onnx.data", 3_800_000_000L, ""),
                        new PackageFile("vision.onnx.data", 600_000_000L, "")));
        MemoryNeeds needs = MemoryNeeds.of(manifest, config(128), 1000);
        assertThat(needs.weights()).isBetween(5_300_000_000L, 5_500_000_000L);
        assertThat(needs.features()).isEqualTo(77);
        assertThat(needs.heap()).isEqualTo(1000 + (256 << 20));
        assertThat(needs.total()).isEqualTo(needs.weights() + needs.activations() + needs.features() + needs.heap());
        long token = (8L * golden.model().decoder().hiddenSize()
                        + 3L * golden.model().decoder().intermediateSize())
                * 4;
        assertThat(MemoryNeeds.of(manifest, config(129), 1000).activations() - needs.activations())
                .isEqualTo(token);
    }

    private static ModelConfig config(int stepTokens) {
        return new ModelConfig(
                Path.of("."),
                Optional.empty(),
                DeviceChoice.CPU,
                1,
                1,
                4,
                new KvBudget(64, KvFormat.FP16, AUTOMATIC),
                true,
                new EngineOptions(8, 8, stepTokens, 0, 0, true, 77));
    }
}
