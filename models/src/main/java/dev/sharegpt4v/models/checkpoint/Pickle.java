package dev.sharegpt4v.models.checkpoint;

import java.util.List;
import java.util.Map;

/** Values that a checkpoint's pickle can hold; everything else is refused. */
sealed interface Pickle {

    record Null() implements Pickle {}

    record Bool(boolean value) implements Pickle {}

    record Int(long value) implements Pickle {}

    record Real(double value) implements Pickle {}

    record Text(String value) implements Pickle {
        @Override
        public String toString() {
            return value;
        }
    }

    record Tuple(List<Pickle> items) implements Pickle {}

    /** Mutable while the pickle is read. */
    record Sequence(List<Pickle> items) implements Pickle {}

    /** A dict or OrderedDict; mutable while the pickle is read. */
    record Dict(Map<Pickle, Pickle> items) implements Pickle {}

    /** A whitelisted global, by name only: no class is ever loaded. */
    record Global(Known known) implements Pickle {}

    /** A storage: raw bytes in the archive. */
    record Storage(ElementType type, String key, long elements) implements Pickle {}

    /** A view of a storage. */
    record Tensor(Storage storage, long offset, long[] shape, long[] strides) implements Pickle {}

    record Mark() implements Pickle {}

    /** The only globals that a checkpoint may name. */
    enum Known {
        ORDERED_DICT,
        REBUILD_TENSOR,
        REBUILD_PARAMETER,
        STORAGE_F64,
        STORAGE_F32,
        STORAGE_F16,
        STORAGE_BF16,
        STORAGE_I64,
        STORAGE_I32,
        STORAGE_I16,
        STORAGE_I8,
        STORAGE_U8,
        STORAGE_BOOL
    }
}
