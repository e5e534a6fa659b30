package dev.sharegpt4v.models.convert;

import dev.sharegpt4v.models.checkpoint.CheckpointConfig;
import dev.sharegpt4v.models.checkpoint.CheckpointException;
import dev.sharegpt4v.models.checkpoint.ExpectedTensors;
import dev.sharegpt4v.models.checkpoint.TensorSource;
import dev.sharegpt4v.models.checkpoint.TensorView;
import java.util.Map;
import java.util.Set;

/** All tensors of a configuration, filled with numbers that depend on the seed and the tensor's name alone. */
final class SyntheticTensors implements TensorSource {

    private final Map<String, long[]> shapes;
    private final long seed;

    SyntheticTensors(CheckpointConfig config, long seed) {
        this.shapes = ExpectedTensors.of(config);
        this.seed = seed;
    }

    @Override
    public Set<String> names() {
        return shapes.keySet();
    }

    @Override
    public TensorView tensor(String canonicalName) {
        long[] shape = shapes.get(canonicalName);
        if (shape == null) {
            throw new CheckpointException("no tensor of this shape of model is called " + canonicalName);
        }
        // String.hashCode is specified, so a tensor has the same numbers on every machine.
        return new SyntheticTensor(canonicalName, shape, SyntheticTensor.mix(seed ^ canonicalName.hashCode()));
    }
}
