package dev.sharegpt4v.models.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Finds and opens the weight files of a folder: one file, or shards that an index names. */
final class WeightFiles {

    private static final List<String> INDICES = List.of("model.safetensors.index.json", "pytorch_model.bin.index.json");
    private static final List<String> SINGLES = List.of("model.safetensors", "pytorch_model.bin");

    private WeightFiles() {}

    /** All tensors of a folder by the names in its files. */
    static Map<String, TensorView> read(Path folder, Arena arena) {
        Map<String, TensorView> all = new LinkedHashMap<>();
        for (Path path : find(folder)) {
            readFile(path, arena).forEach((name, tensor) -> {
                if (all.put(name, tensor) != null) {
                    throw new CheckpointException(path + ": tensor " + name + " stands in another file already");
                }
            });
        }
        return all;
    }

    /** Tensors of one file, whose format its name tells. */
    static Map<String, TensorView> readFile(Path path, Arena arena) {
        MappedFile file = MappedFile.open(path, arena);
        return path.toString().endsWith(".safetensors") ? SafetensorsFile.read(file) : TorchFile.read(file);
    }

    /** The weight files of a folder, safetensors before torch, in order of name. */
    static List<Path> find(Path folder) {
        for (String name : INDICES) {
            Path index = folder.resolve(name);
            if (Files.isRegularFile(index)) {
                return shards(folder, index);
            }
        }
        for (String name : SINGLES) {
            Path single = folder.resolve(name);
            if (Files.isRegularFile(single)) {
                return List.of(single);
            }
        }
        List<Path> loose = loose(folder);
        if (loose.isEmpty()) {
            throw new CheckpointException(folder + ": holds no weights, neither safetensors nor pytorch_model.bin");
        }
        return loose;
    }

    private static List<Path> loose(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(path -> path.toString().endsWith(".safetensors"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new CheckpointException("cannot list " + folder + ": " + e.getMessage(), e);
        }
    }

    private static List<Path> shards(Path folder, Path index) {
        JsonNode map = Json.read(index).path("weight_map");
        if (!map.isObject() || map.isEmpty()) {
            throw new CheckpointException(index + ": has no weight_map");
        }
        TreeSet<String> names = new TreeSet<>();
        map.properties().forEach(field -> names.add(shardName(index, field.getKey(), field.getValue())));
        return names.stream()
                .map(name -> {
                    Path shard = folder.resolve(name);
                    if (!Files.isRegularFile(shard)) {
                        throw new CheckpointException(index + ": names the shard " + name + ", which is not there");
                    }
                    return shard;
                })
                .toList();
    }

    private static String shardName(Path index, String tensor, JsonNode value) {
        String name = value.asText("");
        boolean plain = value.isTextual()
                && !name.isEmpty()
                && name.chars().noneMatch(c -> c == '/' || c == '\\' || c < ' ')
                && !name.startsWith(".")
                && (name.endsWith(".bin") || name.endsWith(".safetensors"));
        if (!plain) {
            throw new CheckpointException(index + ": tensor " + tensor + " is said to be in a file outside the folder");
        }
        return name;
    }
}
