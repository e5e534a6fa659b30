package dev.sharegpt4v.models.convert;

import dev.sharegpt4v.models.checkpoint.Checkpoint;
import dev.sharegpt4v.models.checkpoint.CheckpointConfig;
import dev.sharegpt4v.models.checkpoint.ElementType;
import dev.sharegpt4v.models.checkpoint.TensorInventory;
import dev.sharegpt4v.models.checkpoint.TensorSource;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A checkpoint of a given shape with random weights, for measurements and tests: it exists nowhere on disk. */
public final class SyntheticCheckpoint implements Checkpoint {

    private static final long SEED = 4;

    private final CheckpointConfig config;
    private final TensorSource tensors;

    /** A checkpoint of the given shape. */
    public SyntheticCheckpoint(CheckpointConfig config) {
        this.config = config;
        this.tensors = new SyntheticTensors(config, SEED);
    }

    @Override
    public CheckpointConfig config() {
        return config;
    }

    @Override
    public TensorSource tensors() {
        return tensors;
    }

    @Override
    public Path folder() {
        return Path.of("");
    }

    @Override
    public TensorInventory inventory() {
        long elements = tensors.names().stream()
                .mapToLong(name -> tensors.tensor(name).elements())
                .sum();
        return new TensorInventory(
                tensors.names().size(),
                Map.of(ElementType.F32, elements * ElementType.F32.bytes()),
                List.of(),
                List.of());
    }

    @Override
    public void close() {}
}
