package dev.sharegpt4v.models.convert;

import dev.sharegpt4v.models.checkpoint.Checkpoint;
import dev.sharegpt4v.models.checkpoint.CheckpointConfig;
import dev.sharegpt4v.models.checkpoint.ElementType;
import dev.sharegpt4v.models.checkpoint.TensorInventory;
import dev.sharegpt4v.models.checkpoint.TensorSource;
import dev.sharegpt4v.models.checkpoint.TensorView;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;

/** A checkpoint in which every element of one tensor has the same value. */
record ReplacedTensor(Checkpoint original, String name, float value) implements Checkpoint {

    @Override
    public CheckpointConfig config() {
        return original.config();
    }

    @Override
    public TensorSource tensors() {
        return new TensorSource() {
            @Override
            public Set<String> names() {
                return original.tensors().names();
            }

            @Override
            public TensorView tensor(String canonicalName) {
                TensorView tensor = original.tensors().tensor(canonicalName);
                return canonicalName.equals(name) ? new Constant(name, tensor.shape(), value) : tensor;
            }
        };
    }

    @Override
    public Path folder() {
        return original.folder();
    }

    @Override
    public TensorInventory inventory() {
        return original.inventory();
    }

    @Override
    public void close() {
        original.close();
    }

    private record Constant(String name, long[] shape, float value) implements TensorView {

        @Override
        public ElementType type() {
            return ElementType.F32;
        }

        @Override
        public void readFloats(long first, float[] target, int offset, int count) {
            Arrays.fill(target, offset, offset + count, value);
        }
    }
}
