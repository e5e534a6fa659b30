package dev.sharegpt4v.models.convert;

import dev.sharegpt4v.models.catalog.PackageFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.function.LongConsumer;

/** A graph and the file of its weights, ready to be written. */
record GraphFile(String name, Graph graph, WeightLayout layout) {

    /** Places the weights of a graph that will be called {@code name}. */
    static GraphFile of(String name, Graph graph) {
        return new GraphFile(name, graph, WeightLayout.of(name + ".data", graph.weights()));
    }

    /** Bytes of the weights; the graph itself is small. */
    long bytes() {
        return layout.bytes();
    }

    /** Writes both files into a folder. */
    List<PackageFile> write(Path folder, WeightFile weights, LongConsumer written) throws IOException {
        try (HashingFile data = new HashingFile(folder.resolve(layout.fileName()), written);
                HashingFile model = new HashingFile(folder.resolve(name), bytes -> {})) {
            weights.write(graph.weights(), layout, data);
            model.write(ByteBuffer.wrap(graph.toModel(layout).toByteArray()));
            return List.of(model.finish(), data.finish());
        }
    }
}
