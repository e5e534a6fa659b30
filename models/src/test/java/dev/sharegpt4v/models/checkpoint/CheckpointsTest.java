package dev.sharegpt4v.models.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sharegpt4v.models.testing.ParityCase;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.zip.CRC32;
import org.assertj.core.api.ThrowableAssertAlternative;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class CheckpointsTest {

    @TempDir
    private Path root;

    static List<ParityCase> cases() {
        return ParityCase.all();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void everyLayoutGivesTheTensorsThatTorchWrote(ParityCase parity) {
        try (Checkpoint checkpoint = Checkpoints.open(parity.checkpoint(), Optional.empty())) {
            Map<String, Long> found = new TreeMap<>();
            checkpoint
                    .tensors()
                    .names()
                    .forEach(name -> found.put(
                            name, checksum(checkpoint.tensors().tensor(name).toFloats())));

            assertThat(parity.checksums()).containsAllEntriesOf(found);
            assertThat(found.keySet())
                    .isEqualTo(ExpectedTensors.of(checkpoint.config()).keySet());
            assertThat(checkpoint.inventory().unknown()).isEmpty();
            assertThat(checkpoint.inventory().bytesByType().keySet())
                    .extracting(ElementType::name)
                    .containsExactly(typeName(parity.elementType()));
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void everyLayoutGivesTheConfigurationThatTorchRan(ParityCase parity) {
        try (Checkpoint checkpoint = Checkpoints.open(parity.checkpoint(), parity.visionTower())) {
            CheckpointConfig config = checkpoint.config();

            assertThat(config.decoder().hiddenSize()).isEqualTo(parity.hiddenSize());
            assertThat(config.decoder().vocabularySize()).isEqualTo(parity.vocabularySize());
            assertThat(config.sampledVocabularySize()).isEqualTo(parity.sampledVocabularySize());
            assertThat(config.vision().hiddenSize()).isEqualTo(parity.visionHiddenSize());
            assertThat(config.vision().imageSize()).isEqualTo(parity.imageSize());
            assertThat(config.vision().featureRows()).isEqualTo(parity.featureRows());
            assertThat(config.preprocessing().padToSquare())
                    .isEqualTo(config.layout() == CheckpointConfig.Layout.ORIGINAL);
        }
    }

    @Test
    void theTowerIsFoundInsideTheCheckpointAsWellAsBeside() {
        CheckpointCopy copy = copy("narrow", "published");
        Path beside = root.resolve("narrow_vision-tower");
        copy.move(beside, copy.file("narrow_vision-tower"));
        assertOpens(copy);
        copy.move(copy.file("narrow_vision-tower"), copy.file("example/narrow_vision-tower"));
        assertOpens(copy);
        copy.move(copy.file("example/narrow_vision-tower"), root.resolve("elsewhere"));
        refused(copy);
        try (Checkpoint checkpoint = Checkpoints.open(copy.folder(), Optional.of(root.resolve("elsewhere")))) {
            assertThat(checkpoint.config().vision().layers()).isEqualTo(3);
        }
    }

    @Test
    void aMissingTowerIsNamedWithTheOptionThatGivesIt() {
        CheckpointCopy copy = copy("narrow", "published").move(root.resolve("narrow_vision-tower"), root.resolve("x"));

        refused(copy).withMessageContainingAll("example/narrow_vision-tower", "--vision-tower", "Download");
    }

    @ParameterizedTest
    @ValueSource(strings = {"..", ".", "/", "", "a/..", "../../../../etc", "checkpoint", "openai/clip/", "a\0b"})
    void towerNamesThatLeadNowhereFindNothing(String name) {
        CheckpointCopy copy = copy("narrow", "published");
        copy.edit("config.json", config -> config.put("mm_vision_tower", name));

        refused(copy).withMessageContaining("--vision-tower");
    }

    @Test
    void anEmbeddedTowerIsPreferredToTheOneNamed() {
        CheckpointCopy copy = copy("narrow", "embedded");
        Path named = root.resolve("narrow_tower-configuration");
        copy.write("../narrow_tower-configuration/pytorch_model.bin", (byte) 1);

        try (Checkpoint checkpoint = Checkpoints.open(copy.folder(), Optional.of(named))) {
            assertThat(checkpoint.tensors().tensor("vision.pre_layrnorm.bias").name())
                    .isEqualTo("model.vision_tower.vision_tower.vision_model.pre_layrnorm.bias");
        }
    }

    @Test
    void anEmbeddedTowerWithoutConfigurationIsToldByItsTensors() {
        SafetensorsFolder.write(root, TinyTensors.original(64));

        try (Checkpoint checkpoint = Checkpoints.open(root, Optional.empty())) {
            assertThat(checkpoint.config().vision())
                    .isEqualTo(new VisionConfig(64, 8, 2, 1, 6, 2, 1e-5, "quick_gelu", -2, false));
        }
    }

    @Test
    void towersOfUnusualHeadsNeedAConfiguration() {
        SafetensorsFolder.write(root, TinyTensors.original(32));

        assertThatExceptionOfType(CheckpointException.class)
                .isThrownBy(() -> Checkpoints.open(root, Optional.empty()))
                .withMessageContainingAll("sizes", "--vision-tower");
    }

    @Test
    void peftsPrefixCountsOnlyInFrontOfEveryName() {
        Map<String, long[]> tensors = TinyTensors.original(64);
        Map<String, long[]> prefixed = new TreeMap<>();
        tensors.forEach((name, shape) -> prefixed.put("base_model.model." + name, shape));
        SafetensorsFolder.write(root, prefixed);
        try (Checkpoint checkpoint = Checkpoints.open(root, Optional.empty())) {
            assertThat(checkpoint.inventory().unknown()).isEmpty();
        }

        prefixed.put("model.extra", new long[] {1});
        SafetensorsFolder.write(root, prefixed);
        assertThatExceptionOfType(CheckpointException.class).isThrownBy(() -> Checkpoints.open(root, Optional.empty()));
    }

    @Test
    void adaptersAreRefused() {
        Map<String, long[]> tensors = TinyTensors.original(64);
        tensors.put("base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight", new long[] {1});
        SafetensorsFolder.write(root, tensors);

        assertThatExceptionOfType(CheckpointException.class)
                .isThrownBy(() -> Checkpoints.open(root, Optional.empty()))
                .withMessageContainingAll("lora_A", "adapter");
    }

    @Test
    void whatBelongsNowhereIsReportedAndWhatIsNotNeededIgnored() {
        Map<String, long[]> tensors = TinyTensors.original(64);
        tensors.put("optimizer.step", new long[] {1});
        tensors.put("model.layers.7.mlp.up_proj.weight", new long[] {1});
        tensors.put("model.layers.0.self_attn.rotary_emb.inv_freq", new long[] {8});
        SafetensorsFolder.write(root, tensors);

        try (Checkpoint checkpoint = Checkpoints.open(root, Optional.empty())) {
            TensorInventory inventory = checkpoint.inventory();
            assertThat(inventory.unknown())
                    .containsExactlyInAnyOrder("optimizer.step", "model.layers.7.mlp.up_proj.weight");
            assertThat(inventory.ignored())
                    .contains("model.layers.0.self_attn.rotary_emb.inv_freq")
                    .anyMatch(name -> name.contains("encoder.layers.1."));
            assertThat(inventory.bytes())
                    .isEqualTo(ExpectedTensors.of(checkpoint.config()).values().stream()
                            .mapToLong(TinyTensors::bytes)
                            .sum());
        }
    }

    @Test
    void twoNamesOfOneTensorAreRefused() {
        Map<String, long[]> tensors = TinyTensors.original(64);
        tensors.put("language_model.model.norm.weight", new long[] {16});
        SafetensorsFolder.write(root, tensors);

        assertThatExceptionOfType(CheckpointException.class)
                .isThrownBy(() -> Checkpoints.open(root, Optional.empty()))
                .withMessageContainingAll("model.norm.weight", "language_model.model.norm.weight", "text.norm.weight");
    }

    @Test
    void missingAndMisshapenTensorsAreNamed() {
        Map<String, long[]> tensors = TinyTensors.original(64);
        tensors.put("model.norm.weight", new long[] {17});
        SafetensorsFolder.write(root, tensors);
        assertThatExceptionOfType(CheckpointException.class)
                .isThrownBy(() -> Checkpoints.open(root, Optional.empty()))
                .withMessageContainingAll("model.safetensors", "model.norm.weight", "[17]", "[16]");

        tensors.remove("model.norm.weight");
        SafetensorsFolder.write(root, tensors);
        assertThatExceptionOfType(CheckpointException.class)
                .isThrownBy(() -> Checkpoints.open(root, Optional.empty()))
                .withMessageContaining("lacks the tensor text.norm.weight");
    }

    @Test
    void onlyATiedHeadMayBeLeftOut() {
        Map<String, long[]> tensors = TinyTensors.original(64);
        tensors.remove("lm_head.weight");
        SafetensorsFolder.write(root, tensors);
        assertThatExceptionOfType(CheckpointException.class)
                .isThrownBy(() -> Checkpoints.open(root, Optional.empty()))
                .withMessageContaining("lacks the tensor lm_head.weight");

        CheckpointCopy tied = copy("narrow", "converted");
        try (Checkpoint checkpoint = Checkpoints.open(tied.folder(), Optional.empty())) {
            assertThat(checkpoint.tensors().tensor("lm_head.weight"))
                    .isSameAs(checkpoint.tensors().tensor("text.embed_tokens.weight"));
        }
        tied.edit("config.json", config -> {
            config.put("tie_word_embeddings", false);
            ((ObjectNode) config.get("text_config")).put("tie_word_embeddings", false);
        });
        refused(tied).withMessageContaining("lm_head.weight");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../model-00001-of-00002.safetensors",
                "/etc/passwd.bin",
                "..",
                "a/b.safetensors",
                "a\\b.safetensors",
                ".hidden.safetensors",
                "a\0.safetensors",
                "config.json",
                ""
            })
    void shardsOutsideTheFolderAreRefused(String shard) {
        CheckpointCopy copy = copy("narrow", "converted")
                .edit(
                        "model.safetensors.index.json",
                        index -> ((ObjectNode) index.get("weight_map")).put("language_model.model.norm.weight", shard));

        refused(copy)
                .withMessageContainingAll(
                        "model.safetensors.index.json", "language_model.model.norm.weight", "no file of the folder");
    }

    @Test
    void anIndexThatItsShardsContradictIsRefused() {
        String norm = "language_model.model.norm.weight";
        CheckpointCopy copy = copy("narrow", "converted")
                .edit(
                        "model.safetensors.index.json",
                        index -> ((ObjectNode) index.get("weight_map")).put(norm, "model-00002-of-00002.safetensors"));

        refused(copy).withMessageContainingAll(norm, "model-00002-of-00002.safetensors", "does not hold it");
    }

    @Test
    void missingShardsWeightsAndConfigurationsAreNamed() {
        CheckpointCopy copy = copy("narrow", "converted");
        refused(copy.delete("model-00002-of-00002.safetensors"))
                .withMessageContaining("model-00002-of-00002.safetensors, which is not there");
        refused(copy.edit("model.safetensors.index.json", index -> index.putArray("weight_map")))
                .withMessageContaining("no weight_map");
        refused(copy.delete("model.safetensors.index.json").delete("model-00001-of-00002.safetensors"))
                .withMessageContaining("holds no weights");
        refused(copy.delete("config.json")).withMessageContaining("no config.json");
        assertThatExceptionOfType(CheckpointException.class)
                .isThrownBy(() -> Checkpoints.open(root.resolve("nowhere"), Optional.empty()))
                .withMessageContaining("nowhere");
    }

    private CheckpointCopy copy(String shape, String layout) {
        return new CheckpointCopy(ParityCase.load(shape, layout), root);
    }

    private static void assertOpens(CheckpointCopy copy) {
        Checkpoints.open(copy.folder(), Optional.empty()).close();
    }

    private static ThrowableAssertAlternative<CheckpointException> refused(CheckpointCopy copy) {
        return assertThatExceptionOfType(CheckpointException.class)
                .isThrownBy(() -> Checkpoints.open(copy.folder(), Optional.empty()))
                .withMessageContaining(copy.folder().toString());
    }

    private static String typeName(String torch) {
        return switch (torch) {
            case "bfloat16" -> "BF16";
            case "float16" -> "F16";
            case "float32" -> "F32";
            default -> throw new IllegalArgumentException(torch);
        };
    }

    private static long checksum(float[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        CRC32 crc = new CRC32();
        crc.update(bytes.array());
        return crc.getValue();
    }
}
