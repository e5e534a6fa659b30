package dev.sharegpt4v.runtime.onnx;

import dev.sharegpt4v.runtime.execution.ExecutionFailure;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The inputs that decoder graphs have, docs/graphs.md. */
final class DecoderInputs {

    /** Of every graph. */
    static final List<String> STEP = List.of(
            "input_ids",
            "image_features",
            "image_positions",
            "logit_rows",
            "cumulative_sequence_length",
            "past_sequence_length",
            "block_table",
            "slot_mapping");

    private DecoderInputs() {}

    /** Fails unless a graph has the inputs of a package for CUDA. */
    static void require(Set<String> found, int layers, Path graph) {
        Set<String> expected = new HashSet<>(STEP);
        expected.add("attention_metadata");
        for (int layer = 0; layer < layers; layer++) {
            expected.add("key_cache." + layer);
            expected.add("value_cache." + layer);
        }
        if (!found.equals(expected)) {
            Set<String> missing = new HashSet<>(expected);
            missing.removeAll(found);
            Set<String> unknown = new HashSet<>(found);
            unknown.removeAll(expected);
            throw new ExecutionFailure(
                    ExecutionFailure.Kind.FATAL,
                    "the graph %s was not made for CUDA: it lacks the inputs %s and has %s besides; convert with --device cuda"
                            .formatted(graph, missing, unknown));
        }
    }
}
