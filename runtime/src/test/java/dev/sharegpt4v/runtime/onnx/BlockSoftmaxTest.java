package dev.sharegpt4v.runtime.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class BlockSoftmaxTest {

    @Test
    void weightsAndTheirSumAreThoseOfTheExponential() {
        Random random = new Random(3);
        for (int count = 1; count <= 64; count++) {
            float[] scores = new float[96];
            double[] expected = new double[count];
            double sum = 0;
            for (int i = 0; i < count; i++) {
                scores[16 + i] = 5f - (float) Math.abs(random.nextGaussian() * 20);
                expected[i] = Math.exp((double) scores[16 + i] - 5f);
                sum += expected[i];
            }
            float total = BlockSoftmax.exponentiate(scores, 16, count, 5f);
            for (int i = 0; i < count; i++) {
                assertThat((double) scores[16 + i]).isCloseTo(expected[i], within(expected[i] * 4e-7 + 1e-37));
            }
            assertThat((double) total).isCloseTo(sum, within(sum * 1e-6));
        }
    }

    @Test
    void theRestOfTheLastVectorCountsNothing() {
        float[] scores = new float[64];
        Arrays.fill(scores, Float.NaN);
        scores[0] = 1f;
        float total = BlockSoftmax.exponentiate(scores, 0, 1, 1f);
        assertThat(total).isEqualTo(1f);
        assertThat(scores[0]).isEqualTo(1f);
        assertThat(scores[1]).isEqualTo(0f);
    }

    @Test
    void scoresFarBelowTheHighestAndMinusInfinityWeighNothing() {
        float[] scores = new float[32];
        scores[0] = -200f;
        scores[1] = Float.NEGATIVE_INFINITY;
        scores[2] = -86.9f;
        BlockSoftmax.exponentiate(scores, 0, 3, 0f);
        assertThat(scores[0]).isEqualTo(0f);
        assertThat(scores[1]).isEqualTo(0f);
        assertThat((double) scores[2]).isCloseTo(Math.exp(-86.9f), within(1e-43));
    }
}
