package dev.sharegpt4v.models.checkpoint;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Collects the tensors of a checkpoint's files under canonical names, then picks those that its configuration needs. */
final class CanonicalTensors {

    private static final String HEAD = "lm_head.weight";
    private static final String EMBEDDING = "text.embed_tokens.weight";

    private final Path folder;
    private final Map<String, MappedTensor> found = new LinkedHashMap<>();
    private final List<String> ignored = new ArrayList<>();
    private final List<String> unknown = new ArrayList<>();

    CanonicalTensors(Path folder) {
        this.folder = folder;
    }

    /** Adds the tensors of the checkpoint's own files. */
    void addCheckpoint(Map<String, MappedTensor> tensors) {
        add(tensors, TensorNames::canonical);
    }

    /** Adds the tensors of a vision tower's own files. */
    void addTower(Map<String, MappedTensor> tensors) {
        add(tensors, TensorNames::canonicalInTower);
    }

    private void add(Map<String, MappedTensor> tensors, Function<String, Optional<String>> rule) {
        boolean peft = TensorNames.allHavePeftPrefix(tensors.keySet());
        tensors.forEach((name, tensor) -> {
            if (TensorNames.isAdapter(name)) {
                throw new CheckpointException(tensor.file() + ": tensor " + name
                        + " belongs to an adapter; merge it into its base model first");
            }
            String plain = peft ? TensorNames.withoutPeftPrefix(name) : name;
            if (TensorNames.isIgnored(plain)) {
                ignored.add(name);
            } else {
                rule.apply(plain).ifPresentOrElse(canonical -> put(canonical, tensor), () -> unknown.add(name));
            }
        });
    }

    private void put(String canonical, MappedTensor tensor) {
        MappedTensor other = found.put(canonical, tensor);
        if (other != null) {
            throw new CheckpointException(tensor.file() + ": tensor " + tensor.name() + " means " + canonical
                    + ", as does " + other.name() + " in " + other.file());
        }
    }

    boolean hasTower() {
        return found.keySet().stream().anyMatch(name -> name.startsWith("vision."));
    }

    Map<String, MappedTensor> found() {
        return found;
    }

    /** A checkpoint without a head uses the embedding table as its head. */
    void tieHead() {
        MappedTensor embedding = found.get(EMBEDDING);
        if (embedding != null) {
            found.putIfAbsent(HEAD, embedding);
        }
    }

    /** The tensors that a model of these shapes needs; the rest goes to the inventory. */
    Map<String, TensorView> select(Map<String, long[]> shapes) {
        Map<String, TensorView> selected = new LinkedHashMap<>();
        List<String> missing = new ArrayList<>();
        shapes.forEach((name, shape) -> {
            MappedTensor tensor = found.get(name);
            if (tensor == null) {
                missing.add(name);
            } else {
                requireFits(tensor, shape);
                selected.put(name, tensor);
            }
        });
        if (!missing.isEmpty()) {
            throw new CheckpointException(folder + ": lacks the tensor " + missing.getFirst()
                    + (missing.size() == 1 ? "" : " and " + (missing.size() - 1) + " others"));
        }
        found.forEach((name, tensor) -> {
            if (!shapes.containsKey(name)) {
                (name.startsWith("vision.") ? ignored : unknown).add(tensor.name());
            }
        });
        return selected;
    }

    private static void requireFits(MappedTensor tensor, long[] shape) {
        if (!Arrays.equals(tensor.shape(), shape)) {
            throw new CheckpointException(tensor.file() + ": tensor " + tensor.name() + " has shape "
                    + Arrays.toString(tensor.shape()) + " where " + Arrays.toString(shape) + " is needed");
        }
        if (!tensor.type().isFloating()) {
            throw new CheckpointException(
                    tensor.file() + ": tensor " + tensor.name() + " holds " + tensor.type() + ", which are no weights");
        }
    }

    List<String> ignored() {
        return ignored;
    }

    List<String> unknown() {
        return unknown;
    }
}
