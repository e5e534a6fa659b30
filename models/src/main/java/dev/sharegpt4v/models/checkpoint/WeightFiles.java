package dev.sharegpt4v.models.checkpoint;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Finds and opens the weight files of a folder: one file, or shards that an index names. */
final class WeightFiles {

    /** In order of preference; safetensors before torch. */
    private static final List<String> KNOWN = List.of(
            "model.safetensors.index.json", "model.safetensors", "pytorch_model.bin.index.json", "pytorch_model.bin");

    private WeightFiles() {}

    /** All tensors of a folder by the names in its files. */
    static Map<String, MappedTensor> read(Path folder, Arena arena) {
        Path file = find(folder);
        return file.toString().endsWith(".index.json")
                ? readShards(folder, ShardIndex.read(file), arena)
                : readFile(file, arena);
    }

    /** Tensors of one file, whose format its name tells. */
    static Map<String, MappedTensor> readFile(Path path, Arena arena) {
        MappedFile file = MappedFile.open(path, arena);
        return path.toString().endsWith(".safetensors") ? SafetensorsFile.read(file) : TorchFile.read(file);
    }

    private static Path find(Path folder) {
        for (String name : KNOWN) {
            Path file = folder.resolve(name);
            if (Files.isRegularFile(file)) {
                return file;
            }
        }
        List<Path> loose = loose(folder);
        if (loose.size() == 1) {
            return loose.getFirst();
        }
        throw new CheckpointException(folder + ": holds no weights, neither model.safetensors nor pytorch_model.bin"
                + (loose.isEmpty() ? "" : "; its " + loose.size() + " safetensors files lack an index"));
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

    private static Map<String, MappedTensor> readShards(Path folder, ShardIndex index, Arena arena) {
        Map<String, MappedTensor> all = new LinkedHashMap<>();
        for (String shard : index.shards()) {
            Path path = folder.resolve(shard);
            if (!Files.isRegularFile(path)) {
                throw new CheckpointException(index.file() + ": names the shard " + shard + ", which is not there");
            }
            readFile(path, arena).forEach((name, tensor) -> {
                if (all.put(name, tensor) != null) {
                    throw new CheckpointException(path + ": tensor " + name + " stands in another file already");
                }
            });
        }
        index.requireIn(all);
        return all;
    }
}
