package dev.sharegpt4v.models.convert;

import dev.sharegpt4v.models.checkpoint.TensorView;

/** A matrix that is read row by row, from any thread. */
interface Rows {

    /** Number of rows. */
    long count();

    /** Length of a row. */
    int columns();

    /** Reads a row into {@code target}, which holds at least {@link #columns()} floats. */
    void read(long row, float[] target);

    /** What it is called in messages. */
    String name();

    /**
     * A tensor as a matrix; trailing dimensions are flattened into the columns.
     *
     * @throws ConversionException when the tensor has another size
     */
    static Rows of(TensorView tensor, long rows, int columns) {
        if (tensor.elements() != Math.multiplyExact(rows, (long) columns)) {
            throw new ConversionException(
                    ConversionException.Kind.UNSUPPORTED_MODEL,
                    "tensor %s has %d elements where the configuration asks for [%d, %d]"
                            .formatted(tensor.name(), tensor.elements(), rows, columns));
        }
        return new TensorRows(tensor, rows, columns);
    }

    /** A vector as a matrix of one row. */
    static Rows vector(TensorView tensor, int length) {
        return of(tensor, 1, length);
    }

    /** The rows of a tensor. */
    record TensorRows(TensorView tensor, long count, int columns) implements Rows {

        @Override
        public void read(long row, float[] target) {
            tensor.readFloats(row * columns, target, 0, columns);
        }

        @Override
        public String name() {
            return tensor.name();
        }
    }
}
