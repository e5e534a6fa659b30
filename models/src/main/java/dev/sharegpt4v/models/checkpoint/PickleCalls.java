package dev.sharegpt4v.models.checkpoint;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;

/** What the whitelisted globals mean when a pickle applies them. */
final class PickleCalls {

    private static final int MAX_DIMENSIONS = 8;

    private final Path file;

    PickleCalls(Path file) {
        this.file = file;
    }

    /** A persistent id: ('storage', type, key, location, number of elements). */
    Pickle storage(Pickle id) {
        if (id instanceof Pickle.Tuple(List<Pickle> items)
                && items.size() == 5
                && items.get(0) instanceof Pickle.Text(String kind)
                && kind.equals("storage")
                && items.get(1) instanceof Pickle.Global(Pickle.Known known)
                && items.get(2) instanceof Pickle.Text(String key)
                && items.get(4) instanceof Pickle.Int(long elements)
                && elements >= 0) {
            ElementType type = PickleGlobals.storageType(known)
                    .orElseThrow(() -> malformed("has a storage whose type is not a storage type"));
            return new Pickle.Storage(type, key, elements);
        }
        throw malformed("has a malformed storage reference");
    }

    Pickle call(Pickle function, Pickle arguments) {
        if (!(function instanceof Pickle.Global(Pickle.Known known))
                || !(arguments instanceof Pickle.Tuple(List<Pickle> items))) {
            throw malformed("applies something that is not a known function");
        }
        return switch (known) {
            case ORDERED_DICT -> dict(items);
            case REBUILD_TENSOR -> tensor(items);
            case REBUILD_PARAMETER -> parameter(items);
            case STORAGE_F64,
                    STORAGE_F32,
                    STORAGE_F16,
                    STORAGE_BF16,
                    STORAGE_I64,
                    STORAGE_I32,
                    STORAGE_I16,
                    STORAGE_I8,
                    STORAGE_U8,
                    STORAGE_BOOL -> throw malformed("applies a storage type");
        };
    }

    /** Torch makes an empty one and sets its items afterwards. */
    private Pickle dict(List<Pickle> items) {
        if (!items.isEmpty()) {
            throw malformed("makes a dict from arguments");
        }
        return new Pickle.Dict(new LinkedHashMap<>());
    }

    private Pickle parameter(List<Pickle> items) {
        if (items.isEmpty() || !(items.getFirst() instanceof Pickle.Tensor tensor)) {
            throw malformed("has a malformed parameter");
        }
        return tensor;
    }

    private Pickle tensor(List<Pickle> items) {
        if (items.size() >= 6
                && items.get(0) instanceof Pickle.Storage storage
                && items.get(1) instanceof Pickle.Int(long offset)
                && items.get(2) instanceof Pickle.Tuple(List<Pickle> shape)
                && items.get(3) instanceof Pickle.Tuple(List<Pickle> strides)
                && shape.size() == strides.size()
                && shape.size() <= MAX_DIMENSIONS
                && offset >= 0) {
            return new Pickle.Tensor(storage, offset, numbers(shape), numbers(strides));
        }
        throw malformed("has a malformed tensor");
    }

    private long[] numbers(List<Pickle> items) {
        long[] numbers = new long[items.size()];
        for (int i = 0; i < numbers.length; i++) {
            if (!(items.get(i) instanceof Pickle.Int(long value)) || value < 0) {
                throw malformed("has a negative or missing dimension");
            }
            numbers[i] = value;
        }
        return numbers;
    }

    private CheckpointException malformed(String what) {
        return new CheckpointException(file + ": its pickle " + what);
    }
}
