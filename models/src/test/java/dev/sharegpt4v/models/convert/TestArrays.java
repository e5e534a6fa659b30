package dev.sharegpt4v.models.convert;

/** Comparison of arrays. */
final class TestArrays {

    private TestArrays() {}

    /** The largest absolute difference; infinite when lengths differ or something is not a number. */
    static double largestDifference(float[] actual, double[] expected) {
        if (actual.length != expected.length) {
            return Double.POSITIVE_INFINITY;
        }
        double largest = 0;
        for (int index = 0; index < actual.length; index++) {
            double difference = Math.abs(actual[index] - expected[index]);
            if (!(difference <= largest)) {
                largest = Double.isNaN(difference) ? Double.POSITIVE_INFINITY : difference;
            }
        }
        return largest;
    }

    /** The same between two arrays of floats. */
    static double largestDifference(float[] actual, float[] expected) {
        double[] widened = new double[expected.length];
        for (int index = 0; index < expected.length; index++) {
            widened[index] = expected[index];
        }
        return largestDifference(actual, widened);
    }
}
