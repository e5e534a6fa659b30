package dev.sharegpt4v.server;

import dev.sharegpt4v.models.catalog.ManifestJson;
import java.util.List;

/**
 * The other models of a server, whether they are in memory or not.
 *
 * @param count of them
 * @param bytes that they need beside their KV caches
 */
record Neighbours(int count, long bytes) {

    static final Neighbours NONE = new Neighbours(0, 0);

    /** These models, whose packages are looked at. */
    static Neighbours of(List<ModelConfig> others) {
        return new Neighbours(
                others.size(),
                others.stream()
                        .mapToLong(model -> MemoryNeeds.of(ManifestJson.read(model.folder()), model, 0)
                                .ofModel())
                        .sum());
    }

    /** How many models share what all of them leave. */
    int sharers() {
        return count + 1;
    }
}
