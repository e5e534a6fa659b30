package dev.sharegpt4v.models.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Which shard holds which tensor.
 *
 * @param file of the index
 * @param shardByTensor file names without folders
 */
record ShardIndex(Path file, Map<String, String> shardByTensor) {

    /** No separators and no hidden files: a shard lies in the index's own folder. */
    private static final Pattern SHARD = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,250}\\.(?:bin|safetensors)");

    private static final int MAX_SHARDS = 1_000;

    static ShardIndex read(Path file) {
        JsonNode map = Json.read(file).path("weight_map");
        if (!map.isObject() || map.isEmpty()) {
            throw new CheckpointException(file + ": has no weight_map");
        }
        Map<String, String> shards = new TreeMap<>();
        map.properties().forEach(field -> shards.put(field.getKey(), shard(file, field.getKey(), field.getValue())));
        ShardIndex index = new ShardIndex(file, shards);
        if (index.shards().size() > MAX_SHARDS) {
            throw new CheckpointException(file + ": names " + index.shards().size() + " shards");
        }
        return index;
    }

    /** Distinct shards in order of name. */
    TreeSet<String> shards() {
        return new TreeSet<>(shardByTensor.values());
    }

    /** Every tensor of the index must be in the shard that the index names. */
    void requireIn(Map<String, MappedTensor> tensors) {
        shardByTensor.forEach((name, shard) -> {
            MappedTensor tensor = tensors.get(name);
            if (tensor == null || !tensor.file().endsWith(shard)) {
                throw new CheckpointException(
                        file + ": places tensor " + name + " in " + shard + ", which does not hold it");
            }
        });
    }

    private static String shard(Path index, String tensor, JsonNode value) {
        String name = value.isTextual() ? value.textValue() : "";
        if (!SHARD.matcher(name).matches()) {
            throw new CheckpointException(
                    index + ": tensor " + tensor + " is said to be in " + value + ", which is no file of the folder");
        }
        return name;
    }
}
