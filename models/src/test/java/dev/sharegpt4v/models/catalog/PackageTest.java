package dev.sharegpt4v.models.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.sharegpt4v.models.checkpoint.CheckpointConfig;
import dev.sharegpt4v.models.checkpoint.DecoderConfig;
import dev.sharegpt4v.models.checkpoint.GenerationDefaults;
import dev.sharegpt4v.models.checkpoint.VisionConfig;
import dev.sharegpt4v.models.image.Preprocessing;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PackageTest {

    private static final String HELLO_SHA256 = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

    @TempDir
    private Path folder;

    @Test
    void theFormatOfTheManifestIsPinned() throws IOException {
        try (InputStream golden = PackageTest.class.getResourceAsStream("/catalog/model.json")) {
            assertThat(new String(ManifestJson.write(manifest("decoder.onnx", 5)), StandardCharsets.UTF_8))
                    .isEqualTo(new String(golden.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    @Test
    void aManifestIsReadAsItWasWritten() throws IOException {
        PackageManifest manifest = manifest("decoder.onnx", 5);
        write(manifest);
        assertThat(ManifestJson.read(folder)).isEqualTo(manifest);
        PackageManifest measured = manifest.withQuantisation(new QuantisationReport(96, 0.01, 0.2, 0.97));
        write(measured);
        assertThat(ManifestJson.read(folder)).isEqualTo(measured);
    }

    @Test
    void keysOfLaterVersionsOfTheSameFormatArePassedOver() throws IOException {
        String text = new String(ManifestJson.write(manifest("decoder.onnx", 5)), StandardCharsets.UTF_8);
        write(text.replaceFirst("\\{", "{ \"later\" : [ 1 ],"));
        assertThat(ManifestJson.read(folder)).isEqualTo(manifest("decoder.onnx", 5));
    }

    @Test
    void aManifestFromBeforeThereWereDevicesIsForTheCpu() throws IOException {
        String text = new String(ManifestJson.write(manifest("decoder.onnx", 5)), StandardCharsets.UTF_8);
        write(text.replaceFirst("(?m)^.*\"device\".*\n", "").replaceFirst("(?m)^.*\"activations\".*\n", ""));
        assertThat(folder.resolve("model.json")).content().doesNotContain("device", "activations");
        assertThat(ManifestJson.read(folder)).isEqualTo(manifest("decoder.onnx", 5));
    }

    @Test
    void aPackageForCudaSaysSoInAVersionThatOlderProgramsRefuse() throws IOException {
        PackageManifest manifest = manifest(Device.CUDA, Precision.BF16, "decoder.onnx", 5);
        write(manifest);
        assertThat(folder.resolve("model.json"))
                .content()
                .contains("\"formatVersion\" : 2", "\"device\" : \"cuda\"", "\"activations\" : \"bf16\"");
        assertThat(ManifestJson.read(folder)).isEqualTo(manifest);
    }

    @Test
    void devicesAndActivationsThatDoNotGoTogetherAreRefused() throws IOException {
        String text = new String(ManifestJson.write(manifest("decoder.onnx", 5)), StandardCharsets.UTF_8);
        for (String other : List.of("\"rocm\"", "\"cuda\"", "1", "null")) {
            write(text.replace("\"cpu\"", other));
            assertFails(PackageException.Kind.MALFORMED_MANIFEST, "model.json", () -> ManifestJson.read(folder));
        }
        write(text.replace("\"activations\" : \"fp32\"", "\"activations\" : \"fp16\""));
        assertFails(PackageException.Kind.MALFORMED_MANIFEST, "no graphs for cpu", () -> ManifestJson.read(folder));
    }

    @Test
    void aPackageForAnotherDeviceSaysWhatMakesTheRightOne() {
        PackageManifest cpu = manifest("decoder.onnx", 5);
        PackageManifest cuda = manifest(Device.CUDA, Precision.FP16, "decoder.onnx", 5);
        cpu.requireDevice(Device.CPU, folder);
        cuda.requireDevice(Device.CUDA, folder);
        assertFails(
                PackageException.Kind.OTHER_DEVICE,
                "its graphs are for cuda and do not run on cpu; make a package for it:"
                        + " sharegpt4v convert CHECKPOINT OUT --device cpu",
                () -> cuda.requireDevice(Device.CPU, folder));
        assertFails(
                PackageException.Kind.OTHER_DEVICE,
                "convert CHECKPOINT OUT --device cuda",
                () -> cpu.requireDevice(Device.CUDA, folder));
    }

    @Test
    void aFolderWithoutManifestIsNoPackage() {
        assertFails(PackageException.Kind.NOT_A_PACKAGE, "model.json", () -> LoadedModel.open(folder));
    }

    @Test
    void aNewerFormatIsRefusedWithBothVersions() throws IOException {
        write("{\"formatVersion\": 3, \"everything\": \"else is different\"}");
        assertFails(PackageException.Kind.NEWER_FORMAT, "format version 3", () -> LoadedModel.open(folder));
    }

    @Test
    void brokenManifestsAreRefused() throws IOException {
        for (String broken : List.of("", "{", "[]", "{}", "{\"formatVersion\": 1}", "{\"formatVersion\": 1} x")) {
            write(broken);
            assertFails(PackageException.Kind.MALFORMED_MANIFEST, "model.json", () -> LoadedModel.open(folder));
        }
    }

    @Test
    void aValueOfAnotherKindIsRefusedByItsName() throws IOException {
        PackageManifest whole =
                manifest("decoder.onnx", 5).withQuantisation(new QuantisationReport(96, 0.01, 0.2, 0.97));
        ObjectNode root = (ObjectNode) new JsonMapper().readTree(ManifestJson.write(whole));
        assertThat(refuseEach(root, root)).isGreaterThan(50);
    }

    /** Puts another kind of value in each place below an object; how many places there are. */
    private int refuseEach(ObjectNode root, ObjectNode object) throws IOException {
        int places = 0;
        List<String> keys = new ArrayList<>();
        object.fieldNames().forEachRemaining(keys::add);
        for (String key : keys) {
            JsonNode kept = object.get(key);
            if (kept instanceof ObjectNode inner) {
                places += refuseEach(root, inner);
            } else if (kept instanceof ArrayNode list && list.get(0) instanceof ObjectNode inner) {
                places += refuseEach(root, inner);
            }
            object.set(key, kept.isTextual() ? IntNode.valueOf(1) : TextNode.valueOf("x"));
            write(root.toString());
            String named = key.equals("formatVersion") ? "model.json" : key + " is not";
            assertFails(PackageException.Kind.MALFORMED_MANIFEST, named, () -> ManifestJson.read(folder));
            object.set(key, kept);
            places++;
        }
        return places;
    }

    @Test
    void aFileOutsideOfThePackageIsRefused() throws IOException {
        for (String name : List.of("../decoder.onnx", "/etc/passwd", "..", "a/b")) {
            write(manifest(name, 5));
            assertFails(PackageException.Kind.MALFORMED_MANIFEST, "outside", () -> LoadedModel.open(folder));
        }
    }

    @Test
    void aMissingFileIsNamed() throws IOException {
        write(manifest("decoder.onnx", 5));
        assertFails(PackageException.Kind.MISSING_FILE, "decoder.onnx", () -> LoadedModel.open(folder));
    }

    @Test
    void aTruncatedFileIsNamed() throws IOException {
        write(manifest("decoder.onnx", 5));
        Files.writeString(folder.resolve("decoder.onnx"), "hell");
        assertFails(PackageException.Kind.DAMAGED_FILE, "decoder.onnx", () -> LoadedModel.open(folder));
    }

    @Test
    void aChangedFileIsFoundByItsHash() throws IOException {
        PackageManifest manifest = manifest("decoder.onnx", 5);
        Files.writeString(folder.resolve("decoder.onnx"), "hello");
        PackageFiles.checkHashes(folder, manifest, bytes -> {});
        Files.writeString(folder.resolve("decoder.onnx"), "jello");
        PackageFiles.checkSizes(folder, manifest);
        assertFails(
                PackageException.Kind.DAMAGED_FILE,
                "decoder.onnx",
                () -> PackageFiles.checkHashes(folder, manifest, bytes -> {}));
    }

    private static void assertFails(PackageException.Kind kind, String text, ThrowingCallable action) {
        assertThatExceptionOfType(PackageException.class)
                .isThrownBy(action)
                .withMessageContaining(text)
                .extracting(PackageException::kind)
                .isEqualTo(kind);
    }

    private void write(PackageManifest manifest) throws IOException {
        Files.write(folder.resolve("model.json"), ManifestJson.write(manifest));
    }

    private void write(String manifest) throws IOException {
        Files.writeString(folder.resolve("model.json"), manifest);
    }

    private static PackageManifest manifest(String file, long bytes) {
        return manifest(Device.CPU, Precision.FP32, file, bytes);
    }

    private static PackageManifest manifest(Device device, Precision activations, String file, long bytes) {
        CheckpointConfig model = new CheckpointConfig(
                "ShareGPT4V-7B",
                CheckpointConfig.Layout.ORIGINAL,
                new DecoderConfig(4096, 11_008, 32, 32, 32, 128, 32_000, 4096, 1e-5, 10_000),
                new VisionConfig(1024, 4096, 24, 16, 336, 14, 1e-5, "quick_gelu", -2, false),
                2,
                new Preprocessing(true, 336, 336, Preprocessing.CLIP_MEAN, Preprocessing.CLIP_STD),
                new GenerationDefaults(
                        Optional.of(0.9), Optional.of(0.6), Optional.empty(), Optional.empty(), List.of(2)),
                1,
                2,
                32_000);
        return new PackageManifest(
                PackageManifest.formatVersion(device),
                1,
                "llava-1.5",
                "vicuna_v1",
                device,
                activations,
                new StoredWeights("int4", "fp16", 32, false),
                model,
                Optional.empty(),
                List.of(new PackageFile(file, bytes, HELLO_SHA256)));
    }
}
