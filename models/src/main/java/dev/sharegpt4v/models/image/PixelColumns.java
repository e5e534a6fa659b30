package dev.sharegpt4v.models.image;

/**
 * Takes a picture column by column, each holding the pixels of many rows, as {@code red ‹‹ 16 | green ‹‹ 8 | blue}.
 *
 * <p>Which way columns run is the giver's choice: for a picture that will be turned, they are its rows.
 */
interface PixelColumns {

    /** Integers between columns in memory: a power of two from one to the next would have them share a few cache lines. */
    int GAP = 16;

    /** Columns of this shape follow, from left to right, perhaps not all. */
    void begin(Shape shape);

    /** Where columns are written to. */
    int[] target();

    /** Place of a column in the target. */
    int place(int column);

    /** A column has been written. */
    void end(int column);

    /**
     * The rows of a column: {@code [parts, lanes]}, where part p of lane l is row {@code (first + l) * parts + p}.
     *
     * @param first number of lane 0; may be below zero
     * @param lanes a multiple of a vector's length
     * @param parts rows of each lane
     * @param from first lane that holds rows of the picture
     * @param to end of those lanes
     * @param height rows of the picture
     */
    record Shape(int first, int lanes, int parts, int from, int to, int height) {

        int size() {
            return parts * lanes;
        }

        /** Row at a place of a column, for a lane that holds rows. */
        int row(int part, int lane) {
            return (first + lane) * parts + part;
        }
    }
}
