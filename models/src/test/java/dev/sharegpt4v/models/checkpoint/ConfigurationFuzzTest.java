package dev.sharegpt4v.models.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sharegpt4v.models.testing.ParityCase;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Checkpoints with spoiled JSON files open or are refused: nothing else is thrown. */
@Timeout(value = 3, unit = TimeUnit.MINUTES) // Only to end a hang.
final class ConfigurationFuzzTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> VALUES = List.of(
            "null",
            "true",
            "false",
            "-1",
            "0",
            "1",
            "2",
            "16",
            "2147483647",
            "-2147483648",
            "9223372036854775807",
            "1e308",
            "-0.5",
            "0.5",
            "1e-300",
            "99999999999999999999999",
            "\"\"",
            "\"pad\"",
            "\"..\"",
            "\"gelu\"",
            "\"a\\u0000b\"",
            "[]",
            "[1,2,3]",
            "[[[]]]",
            "{}",
            "{\"height\":16}");

    @TempDir
    private Path root;

    @ParameterizedTest
    @CsvSource({
        "published, config.json, 500",
        "published, ../narrow_vision-tower/config.json, 150",
        "published, ../narrow_vision-tower/preprocessor_config.json, 150",
        "published, generation_config.json, 150",
        "published, pytorch_model.bin.index.json, 150",
        "converted, config.json, 500",
        "converted, preprocessor_config.json, 150",
        "converted, added_tokens.json, 150",
        "converted, model.safetensors.index.json, 150",
        "in-memory, config.json, 500",
    })
    void spoiledConfigurationsAreReadOrRefused(String layout, String name, int mutations) throws IOException {
        CheckpointCopy copy = new CheckpointCopy(ParityCase.load("narrow", layout), root);
        byte[] original = Files.readAllBytes(copy.file(name));
        Random random = new Random(name.hashCode());
        Mutations bytes = new Mutations(11);

        int refused = 0;
        for (int i = 0; i < mutations; i++) {
            copy.write(name, i % 4 == 0 ? bytes.of(original) : otherValue(original, random));
            refused += isRefused(copy) ? 1 : 0;
        }
        assertThat(refused).isBetween(mutations / 10, mutations - 1);
    }

    private static boolean isRefused(CheckpointCopy copy) {
        try (Checkpoint checkpoint = Checkpoints.open(copy.folder(), Optional.empty())) {
            assertThat(checkpoint.tensors().names()).isNotEmpty();
            return false;
        } catch (CheckpointException e) {
            assertThat(e.getMessage()).contains(copy.folder().resolveSibling("").toString());
            return true;
        }
    }

    /** One key's value replaced, or a key renamed away. */
    private static byte[] otherValue(byte[] original, Random random) throws IOException {
        ObjectNode root = (ObjectNode) JSON.readTree(original);
        List<ObjectNode> objects = new ArrayList<>(List.of(root));
        for (JsonNode child : root) {
            if (child instanceof ObjectNode object && !object.isEmpty()) {
                objects.add(object);
            }
        }
        ObjectNode object = objects.get(random.nextInt(objects.size()));
        List<String> keys = new ArrayList<>();
        object.fieldNames().forEachRemaining(keys::add);
        String key = keys.get(random.nextInt(keys.size()));
        if (random.nextInt(10) == 0) {
            object.remove(key);
        } else {
            object.set(key, JSON.readTree(VALUES.get(random.nextInt(VALUES.size()))));
        }
        return JSON.writeValueAsString(root).getBytes(StandardCharsets.UTF_8);
    }
}
