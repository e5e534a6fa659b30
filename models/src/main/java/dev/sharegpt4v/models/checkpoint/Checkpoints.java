package dev.sharegpt4v.models.checkpoint;

import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Opens a checkpoint folder of any known layout and checks that every tensor is there in the right shape. */
public final class Checkpoints {

    private Checkpoints() {}

    /**
     * Opens a checkpoint.
     *
     * @param folder of the language model
     * @param visionTower the tower's own folder; when empty, the folder named in the configuration is looked for inside and
     *     beside {@code folder}. Not needed when the checkpoint holds the tower itself.
     * @throws CheckpointException when something is missing, malformed or not supported
     */
    @SuppressWarnings("MustBeClosedChecker") // The open checkpoint closes the arena.
    public static Checkpoint open(Path folder, Optional<Path> visionTower) {
        if (!Files.isDirectory(folder)) {
            throw new CheckpointException(folder + " is not a folder");
        }
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
        return new CheckpointConfigReader(name, absolute.resolveSibling(""), absolute).read(Optional.empty());
    }

    private static Checkpoint open(Path folder, Optional<Path> visionTower, Arena arena) {
        CheckpointConfigReader reader = new CheckpointConfigReader(folder);
        CheckpointConfig.Layout layout = reader.layout();
        Names names = new Names();
        WeightFiles.read(folder, arena).forEach(names::add);
        Optional<Path> tower = Optional.empty();
        if (names.canonical.keySet().stream().noneMatch(name -> name.startsWith("vision."))) {
            tower = Optional.of(visionTower
                    .or(() -> findTower(folder, reader.towerName()))
                    .orElseThrow(() -> missingTower(folder, reader.towerName())));
            WeightFiles.read(tower.get(), arena).forEach(names::addFromTower);
        } else if (layout == CheckpointConfig.Layout.ORIGINAL) {
            tower = visionTower.or(() -> findTower(folder, reader.towerName()));
        }
        CheckpointConfig config = reader.read(tower);
        names.tieHead();
        requireAll(folder, config, names.canonical);
        return new OpenCheckpoint(folder, config, names.canonical, names.inventory(), arena);
    }

    private static Optional<Path> findTower(Path folder, Optional<String> name) {
        if (name.isEmpty() || name.get().isBlank()) {
            return Optional.empty();
        }
        String last = name.get().substring(name.get().replace('\\', '/').lastIndexOf('/') + 1);
        Path absolute = folder.toAbsolutePath().normalize();
        Stream<Path> places = Stream.of(absolute.resolve(last));
        if (absolute.getParent() != null) {
            places = Stream.concat(places, Stream.of(absolute.getParent().resolve(last)));
        }
        return last.startsWith(".")
                ? Optional.empty()
                : places.filter(place -> Files.isRegularFile(place.resolve("config.json")))
                        .findFirst();
    }

    private static CheckpointException missingTower(Path folder, Optional<String> name) {
        String repository = name.orElse("its vision tower");
        return new CheckpointException(folder + ": the checkpoint holds no vision tower. Download the repository "
                + repository + " and give its folder with --vision-tower (other CLIP weights are no substitute).");
    }

    private static void requireAll(Path folder, CheckpointConfig config, Map<String, TensorView> tensors) {
        ExpectedTensors.of(config).forEach((name, shape) -> {
            TensorView tensor = tensors.get(name);
            if (tensor == null) {
                throw new CheckpointException(folder + ": lacks the tensor " + name);
            }
            if (!Arrays.equals(tensor.shape(), shape)) {
                throw new CheckpointException(folder + ": tensor " + tensor.name() + " has shape "
                        + Arrays.toString(tensor.shape()) + " where " + Arrays.toString(shape) + " is needed");
            }
            if (!tensor.type().isFloating()) {
                throw new CheckpointException(folder + ": tensor " + tensor.name() + " holds " + tensor.type());
            }
        });
    }

    /** Collects tensors under canonical names. */
    private static final class Names {
        private final Map<String, TensorView> canonical = new LinkedHashMap<>();
        private final List<String> ignored = new ArrayList<>();
        private final List<String> unknown = new ArrayList<>();

        void add(String name, TensorView tensor) {
            add(name, TensorNames.canonical(name), tensor);
        }

        void addFromTower(String name, TensorView tensor) {
            add(name, TensorNames.canonicalInTower(name), tensor);
        }

        private void add(String name, Optional<String> known, TensorView tensor) {
            if (TensorNames.isIgnored(name)) {
                ignored.add(name);
            } else if (known.isEmpty()) {
                unknown.add(name);
            } else if (canonical.put(known.get(), tensor) != null) {
                throw new CheckpointException("tensors " + name + " and another one both mean " + known.get());
            }
        }

        /** A checkpoint without a head uses the embedding table as its head. */
        void tieHead() {
            TensorView embedding = canonical.get("text.embed_tokens.weight");
            if (embedding != null) {
                canonical.putIfAbsent("lm_head.weight", embedding);
            }
        }

        TensorInventory inventory() {
            return TensorInventory.of(canonical, ignored, unknown);
        }
    }

    private record OpenCheckpoint(
            Path folder, CheckpointConfig config, Map<String, TensorView> views, TensorInventory inventory, Arena arena)
            implements Checkpoint, TensorSource {

        @Override
        public TensorSource tensors() {
            return this;
        }

        @Override
        public Set<String> names() {
            return views.keySet();
        }

        @Override
        public TensorView tensor(String canonicalName) {
            TensorView view = views.get(canonicalName);
            if (view == null) {
                throw new CheckpointException(folder + ": lacks the tensor " + canonicalName);
            }
            return view;
        }

        @Override
        public void close() {
            arena.close();
        }
    }
}
