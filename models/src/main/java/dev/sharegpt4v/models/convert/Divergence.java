package dev.sharegpt4v.models.convert;

import dev.sharegpt4v.models.catalog.QuantisationReport;

/** Adds up how far next-token distributions are from those of a reference. */
final class Divergence {

    private final int vocabularySize;
    private int positions;
    private int sameBest;
    private double sum;
    private double largest;

    /** Compares the first {@code vocabularySize} logits of each row. */
    Divergence(int vocabularySize) {
        this.vocabularySize = vocabularySize;
    }

    /** Adds one position. */
    void add(float[] reference, float[] candidate) {
        double[] expected = logProbabilities(reference, vocabularySize);
        double[] actual = logProbabilities(candidate, vocabularySize);
        double divergence = 0;
        for (int token = 0; token < vocabularySize; token++) {
            divergence += Math.exp(expected[token]) * (expected[token] - actual[token]);
        }
        positions++;
        sum += divergence;
        largest = Math.max(largest, divergence);
        sameBest += best(expected) == best(actual) ? 1 : 0;
    }

    QuantisationReport report() {
        return new QuantisationReport(positions, sum / positions, largest, (double) sameBest / positions);
    }

    /** Softmax over the first {@code size} logits. */
    static double[] probabilities(float[] logits, int size) {
        double[] values = logProbabilities(logits, size);
        for (int token = 0; token < size; token++) {
            values[token] = Math.exp(values[token]);
        }
        return values;
    }

    private static double[] logProbabilities(float[] logits, int size) {
        double highest = Double.NEGATIVE_INFINITY;
        for (int token = 0; token < size; token++) {
            highest = Math.max(highest, logits[token]);
        }
        double total = 0;
        for (int token = 0; token < size; token++) {
            total += Math.exp(logits[token] - highest);
        }
        double shift = highest + Math.log(total);
        double[] values = new double[size];
        for (int token = 0; token < size; token++) {
            values[token] = logits[token] - shift;
        }
        return values;
    }

    private static int best(double[] values) {
        int best = 0;
        for (int token = 1; token < values.length; token++) {
            if (values[token] > values[best]) {
                best = token;
            }
        }
        return best;
    }
}
