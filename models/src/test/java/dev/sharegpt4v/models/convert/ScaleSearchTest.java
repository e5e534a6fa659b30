package dev.sharegpt4v.models.convert;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;

final class ScaleSearchTest {

    /** Distributions of weights: even, normal, heavy tails, one far channel, one sign. */
    private static final List<ToDoubleFunction<Random>> WEIGHTS = List.of(
            random -> random.nextDouble() - 0.5,
            Random::nextGaussian,
            random -> random.nextGaussian() / Math.sqrt(0.1 + random.nextDouble()),
            random -> random.nextInt(64) == 0 ? 9 : random.nextGaussian(),
            random -> Math.abs(random.nextGaussian()));

    @Test
    void hardlyMoreErrorIsLeftThanAnExhaustiveSearchLeaves() {
        Random random = new Random(11);
        for (boolean symmetric : new boolean[] {false, true}) {
            for (int blockSize : new int[] {32, 128, 256}) {
                for (ToDoubleFunction<Random> weights : WEIGHTS) {
                    double found = 0;
                    double least = 0;
                    for (int trial = 0; trial < 8; trial++) {
                        float[] row = row(random, blockSize, weights, 0.02f);
                        found += error(symmetric, ScaleRule.LEAST_SQUARES, row);
                        least += exhaustive(row, symmetric);
                    }
                    assertThat(found)
                            .as("block %d, symmetric %s, weights %d", blockSize, symmetric, WEIGHTS.indexOf(weights))
                            .isLessThan(least * 1.03);
                }
            }
        }
    }

    @Test
    void theErrorIsNeverLargerThanThatOfTheExtremes() {
        Random random = new Random(12);
        for (int trial = 0; trial < 2000; trial++) {
            ToDoubleFunction<Random> weights = WEIGHTS.get(trial % WEIGHTS.size());
            float[] row = row(random, 1 + random.nextInt(256), weights, Math.scalb(1f, random.nextInt(80) - 60));
            for (boolean symmetric : new boolean[] {false, true}) {
                assertThat(error(symmetric, ScaleRule.LEAST_SQUARES, row))
                        .isLessThanOrEqualTo(error(symmetric, ScaleRule.EXTREMES, row) * 1.001 + 1e-9 * square(row));
            }
        }
    }

    @Test
    void aSingleWeightIsKept() {
        for (float weight : new float[] {0.3f, -0.3f, 1e-20f, -1e30f}) {
            for (boolean symmetric : new boolean[] {false, true}) {
                Quantisation quantisation = new Quantisation(4, 32, symmetric, ScaleRule.LEAST_SQUARES);
                float restored = BlockQuantiserTest.restore(quantisation, new float[] {weight})[0];
                assertThat(restored / weight).isBetween(0.9999f, 1.0001f);
            }
        }
    }

    private static float[] row(Random random, int length, ToDoubleFunction<Random> weights, float size) {
        float[] row = new float[length];
        for (int column = 0; column < length; column++) {
            row[column] = (float) weights.applyAsDouble(random) * size;
        }
        return row;
    }

    private static double error(boolean symmetric, ScaleRule rule, float[] row) {
        float[] restored = BlockQuantiserTest.restore(new Quantisation(4, 256, symmetric, rule), row);
        double sum = 0;
        for (int column = 0; column < row.length; column++) {
            sum += Math.pow((double) restored[column] - row[column], 2);
        }
        return sum;
    }

    /** The least error over every zero point and 400 scales, of either sign where there is no zero point. */
    private static double exhaustive(float[] row, boolean symmetric) {
        double largest = 0;
        for (float weight : row) {
            largest = Math.max(largest, Math.abs(weight));
        }
        double least = Double.MAX_VALUE;
        for (int zero = symmetric ? 8 : 0; zero <= (symmetric ? 8 : 15); zero++) {
            for (int step = -400; step <= 400; step++) {
                if (step != 0) {
                    least = Math.min(least, error(row, largest / 4 * step / 400, zero));
                }
            }
        }
        return least;
    }

    private static double error(float[] row, double scale, int zero) {
        double sum = 0;
        for (float weight : row) {
            double code = Math.clamp(Math.floor(weight / scale + zero + 0.5), 0, 15);
            sum += Math.pow((code - zero) * scale - weight, 2);
        }
        return sum;
    }

    private static double square(float[] row) {
        double sum = 0;
        for (float weight : row) {
            sum += (double) weight * weight;
        }
        return sum;
    }
}
