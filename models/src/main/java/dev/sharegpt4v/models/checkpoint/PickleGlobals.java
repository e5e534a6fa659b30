package dev.sharegpt4v.models.checkpoint;

import java.util.Map;
import java.util.Optional;

/** The whitelist of pickle globals, mapped to constants. */
final class PickleGlobals {

    private static final Map<String, Pickle.Known> KNOWN = Map.ofEntries(
            Map.entry("collections OrderedDict", Pickle.Known.ORDERED_DICT),
            Map.entry("torch._utils _rebuild_tensor_v2", Pickle.Known.REBUILD_TENSOR),
            Map.entry("torch._utils _rebuild_parameter", Pickle.Known.REBUILD_PARAMETER),
            Map.entry("torch DoubleStorage", Pickle.Known.STORAGE_F64),
            Map.entry("torch FloatStorage", Pickle.Known.STORAGE_F32),
            Map.entry("torch HalfStorage", Pickle.Known.STORAGE_F16),
            Map.entry("torch BFloat16Storage", Pickle.Known.STORAGE_BF16),
            Map.entry("torch LongStorage", Pickle.Known.STORAGE_I64),
            Map.entry("torch IntStorage", Pickle.Known.STORAGE_I32),
            Map.entry("torch ShortStorage", Pickle.Known.STORAGE_I16),
            Map.entry("torch CharStorage", Pickle.Known.STORAGE_I8),
            Map.entry("torch ByteStorage", Pickle.Known.STORAGE_U8),
            Map.entry("torch BoolStorage", Pickle.Known.STORAGE_BOOL));

    private PickleGlobals() {}

    static Optional<Pickle.Known> find(String module, String name) {
        return Optional.ofNullable(KNOWN.get(module + " " + name));
    }

    static Optional<ElementType> storageType(Pickle.Known known) {
        return switch (known) {
            case ORDERED_DICT, REBUILD_TENSOR, REBUILD_PARAMETER -> Optional.empty();
            case STORAGE_F64 -> Optional.of(ElementType.F64);
            case STORAGE_F32 -> Optional.of(ElementType.F32);
            case STORAGE_F16 -> Optional.of(ElementType.F16);
            case STORAGE_BF16 -> Optional.of(ElementType.BF16);
            case STORAGE_I64 -> Optional.of(ElementType.I64);
            case STORAGE_I32 -> Optional.of(ElementType.I32);
            case STORAGE_I16 -> Optional.of(ElementType.I16);
            case STORAGE_I8 -> Optional.of(ElementType.I8);
            case STORAGE_U8 -> Optional.of(ElementType.U8);
            case STORAGE_BOOL -> Optional.of(ElementType.BOOL);
        };
    }
}
