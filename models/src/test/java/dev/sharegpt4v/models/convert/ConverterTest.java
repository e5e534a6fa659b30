package dev.sharegpt4v.models.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.sharegpt4v.models.catalog.Device;
import dev.sharegpt4v.models.catalog.LoadedModel;
import dev.sharegpt4v.models.catalog.ManifestJson;
import dev.sharegpt4v.models.catalog.PackageException;
import dev.sharegpt4v.models.catalog.PackageFile;
import dev.sharegpt4v.models.catalog.PackageFiles;
import dev.sharegpt4v.models.catalog.PackageManifest;
import dev.sharegpt4v.models.catalog.Precision;
import dev.sharegpt4v.models.catalog.StoredWeights;
import dev.sharegpt4v.models.checkpoint.CheckpointConfig;
import dev.sharegpt4v.models.checkpoint.DecoderConfig;
import dev.sharegpt4v.models.text.TokenizerException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ConverterTest {

    private static final CheckpointConfig MODEL = TinyModels.odd();

    @TempDir
    private Path folder;

    @Test
    void thePackageHoldsWhatItsManifestSays() {
        PackageManifest manifest =
                convert(ConversionOptions.of(WeightFormat.INT4).unmeasured(), ConversionProgress.NONE);
        assertThat(ManifestJson.read(out())).isEqualTo(manifest);
        assertThat(manifest.files())
                .extracting(PackageFile::name)
                .containsExactly(
                        "vision.onnx", "vision.onnx.data", "decoder.onnx", "decoder.onnx.data", "tokenizer.json");
        PackageFiles.checkHashes(out(), manifest, bytes -> {});
        assertThat(manifest.weights().decoder()).isEqualTo("int4");
        assertThat(manifest.weights().blockSize()).isEqualTo(128);
        assertThat(manifest.model()).isEqualTo(MODEL);
        assertThat(siblings()).containsExactly("package");
    }

    @Test
    void theSameCheckpointGivesTheSameBytesAgain() {
        PackageManifest first = convert(ConversionOptions.of(WeightFormat.INT8).unmeasured(), ConversionProgress.NONE);
        PackageManifest second =
                convert(ConversionOptions.of(WeightFormat.INT8).unmeasured().replacing(), ConversionProgress.NONE);
        assertThat(second).isEqualTo(first);
    }

    @Test
    void aPackageOpensAsAModelThatCanWriteAnyText() {
        Converter.convert(
                new SyntheticCheckpoint(MODEL),
                TokenizerSource.synthetic(MODEL.decoder().vocabularySize()),
                out(),
                ConversionOptions.of(WeightFormat.FP32),
                ConversionProgress.NONE);
        try (LoadedModel model = LoadedModel.open(out())) {
            assertThat(model.name()).isEqualTo("tiny");
            assertThat(model.imageFeatureRows()).isEqualTo(9);
            assertThat(model.shape().sampledVocabularySize()).isEqualTo(296);
            assertThat(model.graphs().decoder()).isRegularFile();
            String text = "Tell me: 你好 🦙?\n\tYes.";
            assertThat(model.tokenizer().decode(model.tokenizer().encode(text))).isEqualTo(text);
        }
    }

    @Test
    void progressReachesTheTotalThatItNamedFirst() {
        List<Long> done = new ArrayList<>();
        List<Long> totals = new ArrayList<>();
        convert(ConversionOptions.of(WeightFormat.FP32), (activity, bytesDone, bytesTotal) -> {
            done.add(bytesDone);
            totals.add(bytesTotal);
        });
        assertThat(done).isSorted().doesNotHaveDuplicates();
        assertThat(totals).containsOnly(done.getLast());
    }

    @Test
    void anInterruptedConversionLeavesNothingAndKeepsTheInterrupt() {
        assertFails(
                ConversionException.Kind.INTERRUPTED,
                () -> convert(
                        ConversionOptions.of(WeightFormat.FP32),
                        (activity, done, total) -> Thread.currentThread().interrupt()));
        assertThat(Thread.interrupted()).isTrue();
        assertThat(siblings()).isEmpty();
    }

    @Test
    void aTokenizerOfAnotherModelIsNotLoaded() {
        Converter.convert(
                new SyntheticCheckpoint(MODEL),
                TokenizerSource.synthetic(MODEL.decoder().vocabularySize() + 1),
                out(),
                ConversionOptions.of(WeightFormat.FP32),
                ConversionProgress.NONE);
        assertThatExceptionOfType(PackageException.class)
                .isThrownBy(() -> LoadedModel.open(out()))
                .withMessageContainingAll("301 pieces", "300");
    }

    @Test
    void aMissingTokenizerIsFoundBeforeWeightsAreWritten() {
        List<Long> written = new ArrayList<>();
        assertThatExceptionOfType(TokenizerException.class)
                .isThrownBy(() -> Converter.convert(
                        new SyntheticCheckpoint(MODEL),
                        TokenizerSource.of(folder.resolve("nowhere")),
                        out(),
                        ConversionOptions.of(WeightFormat.FP32),
                        (activity, done, total) -> written.add(done)));
        assertThat(written).isEmpty();
        assertThat(siblings()).isEmpty();
    }

    @Test
    void aFullDiskIsCalledSo() {
        TokenizerSource full = target -> {
            throw new IOException("No space left on device");
        };
        assertFails(
                ConversionException.Kind.DISK_FULL,
                () -> Converter.convert(
                        new SyntheticCheckpoint(MODEL),
                        full,
                        out(),
                        ConversionOptions.of(WeightFormat.FP32),
                        ConversionProgress.NONE));
        assertThat(siblings()).isEmpty();
    }

    @Test
    void aTargetThatCannotBeWrittenIsCalledSo() throws IOException {
        Files.writeString(out(), "a file where a folder is needed");
        assertFails(
                ConversionException.Kind.UNWRITABLE_TARGET,
                () -> Converter.convert(
                        new SyntheticCheckpoint(MODEL),
                        TinyModels.NO_TOKENIZER,
                        out().resolve("inner"),
                        ConversionOptions.of(WeightFormat.FP32),
                        ConversionProgress.NONE));
    }

    @Test
    void leavingsOfAKilledConversionAreRemoved() throws IOException {
        Path partial = Files.createDirectory(folder.resolve(".package.partial"));
        Files.writeString(partial.resolve("decoder.onnx.data"), "half of it");
        Files.writeString(folder.resolve(".package.lock"), "");
        convert(ConversionOptions.of(WeightFormat.FP32), ConversionProgress.NONE);
        assertThat(siblings()).containsExactly("package");
    }

    @Test
    void twoConversionsToOnePlaceDoNotMeet() {
        TokenizerSource second = target -> convert(ConversionOptions.of(WeightFormat.FP32), ConversionProgress.NONE);
        assertFails(
                ConversionException.Kind.BUSY,
                () -> Converter.convert(
                        new SyntheticCheckpoint(MODEL),
                        second,
                        out(),
                        ConversionOptions.of(WeightFormat.FP32),
                        ConversionProgress.NONE));
    }

    @Test
    void onlyAPackageIsReplacedAndOnlyWhenAsked() throws IOException {
        convert(ConversionOptions.of(WeightFormat.FP32), ConversionProgress.NONE);
        assertFails(
                ConversionException.Kind.TARGET_EXISTS,
                () -> convert(ConversionOptions.of(WeightFormat.INT8).unmeasured(), ConversionProgress.NONE));
        convert(ConversionOptions.of(WeightFormat.INT8).unmeasured().replacing(), ConversionProgress.NONE);
        assertThat(ManifestJson.read(out()).weights().decoder()).isEqualTo("int8");

        Files.delete(out().resolve(PackageManifest.FILE_NAME));
        assertFails(
                ConversionException.Kind.TARGET_EXISTS,
                () -> convert(
                        ConversionOptions.of(WeightFormat.INT8).unmeasured().replacing(), ConversionProgress.NONE));
    }

    @Test
    void weightsThatHalvesCannotHoldAreRefusedByName() {
        assertThatExceptionOfType(ConversionException.class)
                .isThrownBy(() -> Converter.convert(
                        new ReplacedTensor(new SyntheticCheckpoint(MODEL), "text.layers.1.mlp.up_proj.weight", 7e4f),
                        TinyModels.NO_TOKENIZER,
                        out(),
                        ConversionOptions.of(WeightFormat.FP16),
                        ConversionProgress.NONE))
                .withMessageContaining("text.layers.1.mlp.up_proj.weight holds 70000.0");
        assertThat(siblings()).isEmpty();
    }

    @Test
    void weightsThatAreNotNumbersAreNotQuantised() {
        assertThatExceptionOfType(ConversionException.class)
                .isThrownBy(() -> Converter.convert(
                        new ReplacedTensor(new SyntheticCheckpoint(MODEL), "lm_head.weight", Float.NaN),
                        TinyModels.NO_TOKENIZER,
                        out(),
                        ConversionOptions.of(WeightFormat.INT4).unmeasured(),
                        ConversionProgress.NONE))
                .withMessageContaining("lm_head.weight holds NaN");
    }

    @Test
    void oddBlockSizesAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ConversionOptions(
                        Device.CPU, WeightFormat.INT4, WeightFormat.FP16, 48, false, false, false, ScaleRule.EXTREMES));
    }

    @Test
    void aPackageForCudaSaysWhatItComputesIn() {
        PackageManifest four = convert(ConversionOptions.of(Device.CUDA, WeightFormat.INT4), ConversionProgress.NONE);
        assertThat(four.device()).isEqualTo(Device.CUDA);
        assertThat(four.activations()).isEqualTo(Precision.FP16);
        assertThat(four.formatVersion()).isEqualTo(2);
        assertThat(four.weights()).isEqualTo(new StoredWeights("int4", "fp16", 128, false));
        assertThat(four.quantisation()).as("what only a GPU could measure").isEmpty();
        PackageManifest brain =
                convert(ConversionOptions.of(Device.CUDA, WeightFormat.BF16).replacing(), ConversionProgress.NONE);
        assertThat(brain.activations()).isEqualTo(Precision.BF16);
        assertThat(brain.weights()).isEqualTo(new StoredWeights("bf16", "bf16", 0, false));
        assertThat(ManifestJson.read(out())).isEqualTo(brain);
    }

    @Test
    void graphsAreGivenOutForTheirOwnDeviceAlone() {
        Converter.convert(
                new SyntheticCheckpoint(MODEL),
                TokenizerSource.synthetic(MODEL.decoder().vocabularySize()),
                out(),
                ConversionOptions.of(Device.CUDA, WeightFormat.INT4),
                ConversionProgress.NONE);
        try (LoadedModel model = LoadedModel.open(out())) {
            assertThat(model.graphs(Device.CUDA).decoder()).isRegularFile();
            assertThat(model.graphs(Device.CUDA).padsSingleRows())
                    .as("what the CPU's kernels need")
                    .isFalse();
            assertThatExceptionOfType(PackageException.class)
                    .isThrownBy(model::graphs)
                    .withMessageContaining("--device cpu")
                    .extracting(PackageException::kind)
                    .isEqualTo(PackageException.Kind.OTHER_DEVICE);
        }
    }

    @Test
    void formatsThatADeviceHasNoKernelsForAreRefused() {
        assertRefused("bf16 is for --device cuda", Device.CPU, WeightFormat.BF16, WeightFormat.FP16, 128);
        assertRefused("bf16 is for --device cuda", Device.CPU, WeightFormat.INT4, WeightFormat.BF16, 128);
        assertRefused("not stored in int4", Device.CPU, WeightFormat.INT4, WeightFormat.INT4, 128);
        assertRefused("not int8", Device.CUDA, WeightFormat.INT8, WeightFormat.FP16, 128);
        assertRefused("not fp32", Device.CUDA, WeightFormat.FP32, WeightFormat.FP32, 128);
        assertRefused("stored in bf16, not fp16", Device.CUDA, WeightFormat.BF16, WeightFormat.FP16, 128);
        assertRefused("stored in fp16, not int8", Device.CUDA, WeightFormat.FP16, WeightFormat.INT8, 128);
        assertRefused("32, 64 or 128", Device.CUDA, WeightFormat.INT4, WeightFormat.FP16, 256);
    }

    @Test
    void headsThatCudasAttentionCannotTakeAreRefused() {
        DecoderConfig decoder = new DecoderConfig(80, 112, 1, 4, 2, 24, 300, 256, 1e-5, 10_000);
        CheckpointConfig config = TinyModels.config(TinyModels.odd(false), decoder, 2);
        assertThatExceptionOfType(ConversionException.class)
                .isThrownBy(() -> Converter.convert(
                        new SyntheticCheckpoint(config),
                        TinyModels.NO_TOKENIZER,
                        out(),
                        ConversionOptions.of(Device.CUDA, WeightFormat.FP16),
                        ConversionProgress.NONE))
                .withMessageContainingAll("multiple of 16", "24")
                .extracting(ConversionException::kind)
                .isEqualTo(ConversionException.Kind.UNSUPPORTED_MODEL);
    }

    private static void assertRefused(
            String reason, Device device, WeightFormat weights, WeightFormat vision, int blockSize) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ConversionOptions(
                        device, weights, vision, blockSize, false, false, false, ScaleRule.EXTREMES))
                .withMessageContaining(reason);
    }

    private PackageManifest convert(ConversionOptions options, ConversionProgress progress) {
        return Converter.convert(new SyntheticCheckpoint(MODEL), TinyModels.NO_TOKENIZER, out(), options, progress);
    }

    private void assertFails(ConversionException.Kind kind, Runnable conversion) {
        assertThatExceptionOfType(ConversionException.class)
                .isThrownBy(conversion::run)
                .extracting(ConversionException::kind)
                .isEqualTo(kind);
    }

    private Path out() {
        return folder.resolve("package");
    }

    private List<String> siblings() {
        try (Stream<Path> children = Files.list(folder)) {
            return children.map(child -> child.getFileName().toString()).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
