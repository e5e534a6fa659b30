package dev.sharegpt4v.server.http;

/** The mean of rows, in the direction that it has or also in its length. */
final class MeanPool {

    private final double[] sum;
    private int rows;

    MeanPool(int width) {
        this.sum = new double[width];
    }

    /** Adds rows that stand one after the other. */
    void add(float[] values) {
        if (values.length % sum.length != 0) {
            throw new IllegalStateException("rows of another width. This is a bug.");
        }
        for (int start = 0; start < values.length; start += sum.length) {
            for (int i = 0; i < sum.length; i++) {
                sum[i] += values[start + i];
            }
            rows++;
        }
    }

    int rows() {
        return rows;
    }

    /** The mean; {@code unit} makes its length one, unless it is zero. */
    float[] vector(boolean unit) {
        double scale = 1.0 / rows;
        if (unit) {
            double squares = 0;
            for (double value : sum) {
                squares += value * value;
            }
            scale = squares > 0 ? 1 / Math.sqrt(squares) : 0;
        }
        float[] vector = new float[sum.length];
        for (int i = 0; i < vector.length; i++) {
            vector[i] = (float) (sum[i] * scale);
        }
        return vector;
    }
}
