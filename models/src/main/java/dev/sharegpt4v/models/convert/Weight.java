package dev.sharegpt4v.models.convert;

import java.util.List;

/**
 * A tensor that is stored beside its graph and encoded only when it is written.
 *
 * @param name of the initialiser
 * @param type of its elements
 * @param shape dimensions, outermost first
 * @param rows units that can be encoded apart from each other
 * @param rowBytes stored bytes of one row
 * @param encoder produces them
 */
record Weight(String name, OnnxType type, List<Long> shape, long rows, int rowBytes, RowEncoder encoder) {

    Weight {
        shape = List.copyOf(shape);
        long elements = shape.stream().reduce(1L, Math::multiplyExact);
        if (elements * type.bytes() != rows * rowBytes) {
            throw new IllegalStateException(
                    "%s of shape %s is not %d rows of %d bytes. This is a bug.".formatted(name, shape, rows, rowBytes));
        }
    }

    long bytes() {
        return rows * rowBytes;
    }
}
