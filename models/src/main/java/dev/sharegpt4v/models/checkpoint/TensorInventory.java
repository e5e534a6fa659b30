package dev.sharegpt4v.models.checkpoint;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What a checkpoint holds, for people.
 *
 * @param tensors number of tensors that the model needs, a tied head counted once
 * @param bytesByType their bytes per element type
 * @param ignored names in the files that are known and not needed, such as stored rotary frequencies
 * @param unknown names in the files that belong to no known layout or to no place in a model of this configuration
 */
public record TensorInventory(
        int tensors, Map<ElementType, Long> bytesByType, List<String> ignored, List<String> unknown) {

    public TensorInventory {
        bytesByType = Collections.unmodifiableMap(new TreeMap<>(bytesByType));
        ignored = List.copyOf(ignored);
        unknown = List.copyOf(unknown);
    }

    /** Bytes of all needed tensors. */
    public long bytes() {
        return bytesByType.values().stream().mapToLong(Long::longValue).sum();
    }

    static TensorInventory of(Map<String, TensorView> needed, List<String> ignored, List<String> unknown) {
        Set<TensorView> distinct = Collections.newSetFromMap(new IdentityHashMap<>());
        distinct.addAll(needed.values());
        Map<ElementType, Long> bytes = new TreeMap<>();
        distinct.forEach(tensor ->
                bytes.merge(tensor.type(), tensor.elements() * tensor.type().bytes(), Long::sum));
        return new TensorInventory(distinct.size(), bytes, ignored, unknown);
    }
}
