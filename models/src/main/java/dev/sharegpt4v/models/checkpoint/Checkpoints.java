package dev.sharegpt4v.models.checkpoint;

import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;

/** Opens a checkpoint folder of any known layout and checks that every tensor is there in the right shape. */
public final class Checkpoints {

    private Checkpoints() {}

    /**
     * Opens a checkpoint.
     *
     * @param folder of the language model
     * @param visionTower the tower's own folder; when empty, the folder named in the configuration is looked for inside and
     *     beside {@code folder}. Its weights are not needed when the checkpoint holds the tower itself.
     * @throws CheckpointException when something is missing, malformed or not supported
     */
    @SuppressWarnings("MustBeClosedChecker") // The open checkpoint closes the arena.
    public static Checkpoint open(Path folder, Optional<Path> visionTower) {
        requireFolder(folder);
        visionTower.ifPresent(Checkpoints::requireFolder);
        Arena arena = Arena.ofShared();
        try {
            return open(folder, visionTower, arena);
        } catch (RuntimeException e) {
            arena.close();
            throw e;
        }
    }

    /**
     * Reads a configuration without its checkpoint. Where the flat layout has no {@code mm_vision_config}, the tower is
     * CLIP ViT-L/14-336.
     *
     * @param file like a checkpoint's config.json, under any name; the part before the last dot names the model
     * @throws CheckpointException when it is malformed or of no supported model
     */
    public static CheckpointConfig config(Path file) {
        Path absolute = file.toAbsolutePath().normalize();
        String fileName = String.valueOf(absolute.getFileName());
        int dot = fileName.lastIndexOf('.');
        String name = dot > 0 ? fileName.substring(0, dot) : fileName;
        return new CheckpointConfigReader(name, absolute.resolveSibling(""), absolute).read(Optional.empty(), Map.of());
    }

    private static void requireFolder(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new CheckpointException(folder + ": is not a folder");
        }
    }

    private static Checkpoint open(Path folder, Optional<Path> visionTower, Arena arena) {
        CheckpointConfigReader reader = new CheckpointConfigReader(folder);
        CanonicalTensors tensors = new CanonicalTensors(folder);
        tensors.addCheckpoint(WeightFiles.read(folder, arena));
        Optional<Path> tower = visionTower.or(() -> reader.towerName().flatMap(name -> TowerFolder.find(folder, name)));
        if (!tensors.hasTower()) {
            Path own = tower.orElseThrow(() -> missingTower(folder, reader.towerName()));
            tensors.addTower(WeightFiles.read(own, arena));
        }
        CheckpointConfig config = reader.read(tower, tensors.found());
        if (reader.tiedHead()) {
            tensors.tieHead();
        }
        Map<String, TensorView> selected = Collections.unmodifiableMap(tensors.select(ExpectedTensors.of(config)));
        TensorInventory inventory = TensorInventory.of(selected, tensors.ignored(), tensors.unknown());
        return new OpenCheckpoint(folder, config, selected, inventory, arena);
    }

    private static CheckpointException missingTower(Path folder, Optional<String> name) {
        return new CheckpointException(folder + ": the checkpoint holds no vision tower. Download the repository "
                + name.orElse("of its vision tower")
                + " and give its folder with --vision-tower (other CLIP weights are no substitute).");
    }
}
