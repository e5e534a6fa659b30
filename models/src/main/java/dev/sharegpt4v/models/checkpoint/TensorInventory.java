package dev.sharegpt4v.models.checkpoint;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a checkpoint holds, for people.
 *
 * @param tensors number of tensors under canonical names
 * @param bytesByType bytes per element type
 * @param ignored names that are known and not needed
 * @param unknown names that belong to no known layout
 */
public record TensorInventory(
        int tensors, Map<ElementType, Long> bytesByType, List<String> ignored, List<String> unknown) {

    public TensorInventory {
        bytesByType = Map.copyOf(bytesByType);
        ignored = List.copyOf(ignored);
        unknown = List.copyOf(unknown);
    }

    static TensorInventory of(Map<String, TensorView> canonical, List<String> ignored, List<String> unknown) {
        Map<ElementType, Long> bytes = new TreeMap<>();
        canonical
                .values()
                .forEach(tensor -> bytes.merge(
                        tensor.type(), tensor.elements() * tensor.type().bytes(), Long::sum));
        return new TensorInventory(canonical.size(), bytes, ignored, unknown);
    }
}
