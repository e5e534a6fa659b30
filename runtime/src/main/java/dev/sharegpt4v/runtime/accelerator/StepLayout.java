package dev.sharegpt4v.runtime.accelerator;

import dev.sharegpt4v.runtime.execution.PackedStep;
import java.util.ArrayList;
import java.util.List;

/**
 * Where the inputs of a step stand in one stretch of memory, so that one copy takes them to the device. What differs between
 * buckets of as many rows stands last.
 *
 * @param fields the inputs, in the order of their places
 * @param bytes of all
 */
record StepLayout(List<Field> fields, long bytes) {

    static final String INPUT_IDS = "input_ids";
    static final String IMAGE_FEATURES = "image_features";
    static final String IMAGE_POSITIONS = "image_positions";
    static final String LOGIT_ROWS = "logit_rows";
    static final String CUMULATIVE = "cumulative_sequence_length";
    static final String PAST = "past_sequence_length";
    static final String BLOCK_TABLE = "block_table";
    static final String SLOTS = "slot_mapping";

    /** Kernels read vectors, and a device's own allocator gives no less. */
    private static final long ALIGNMENT = 256;

    /** One input and its place. */
    record Field(String name, TensorType type, long offset, long... shape) {

        long bytes() {
            return type.bytes(shape);
        }
    }

    static StepLayout of(PackedStep.Sizes sizes, int features, int hiddenSize) {
        List<Field> fields = new ArrayList<>();
        long end = 0;
        end = add(fields, end, INPUT_IDS, TensorType.INT64, sizes.tokens());
        end = add(fields, end, SLOTS, TensorType.INT32, sizes.tokens());
        end = add(fields, end, LOGIT_ROWS, TensorType.INT64, sizes.logitRows());
        end = add(fields, end, CUMULATIVE, TensorType.INT32, sizes.rows() + 1L);
        end = add(fields, end, PAST, TensorType.INT32, sizes.rows());
        end = add(fields, end, BLOCK_TABLE, TensorType.INT32, sizes.rows(), sizes.columns());
        end = add(fields, end, IMAGE_POSITIONS, TensorType.INT64, features);
        end = add(fields, end, IMAGE_FEATURES, TensorType.FLOAT, features, hiddenSize);
        return new StepLayout(List.copyOf(fields), end);
    }

    private static long add(List<Field> fields, long offset, String name, TensorType type, long... shape) {
        Field field = new Field(name, type, offset, shape);
        fields.add(field);
        return Math.ceilDiv(offset + field.bytes(), ALIGNMENT) * ALIGNMENT;
    }
}
