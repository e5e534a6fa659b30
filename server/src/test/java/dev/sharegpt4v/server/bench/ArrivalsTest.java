package dev.sharegpt4v.server.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ArrivalsTest {

    private static final int MANY = 20_000;

    private static double[] gaps(double rate, double burstiness) {
        long[] offsets = new Arrivals(rate, burstiness).offsets(MANY, 1);
        return IntStream.range(0, MANY)
                .mapToDouble(i -> (offsets[i] - (i == 0 ? 0 : offsets[i - 1])) / 1e9)
                .toArray();
    }

    /** The gamma distribution of shape k and mean m has the variance m²/k. */
    @ParameterizedTest
    @CsvSource({"10, 1", "10, 0.5", "0.2, 0.25", "100, 4", "7, 30"})
    void gapsHaveTheMeanAndTheVarianceOfTheGammaDistribution(double rate, double burstiness) {
        Distribution gaps = Distribution.of(gaps(rate, burstiness)).orElseThrow();
        assertThat(gaps.mean()).isCloseTo(1 / rate, within(1e-6 / rate));
        assertThat(gaps.std() * gaps.std() * rate * rate * burstiness).isCloseTo(1, within(0.05));
    }

    /** Kolmogorov's distance from 1 − e^(−λt); 1.63 / √n is exceeded once in a hundred. */
    @Test
    void gapsOfAPoissonProcessAreExponential() {
        double[] sorted = Distribution.of(gaps(10, 1)).orElseThrow().sorted();
        double furthest = IntStream.range(0, MANY)
                .mapToDouble(i -> Math.abs((i + 0.5) / MANY - (1 - Math.exp(-10 * sorted[i]))))
                .max()
                .orElseThrow();
        assertThat(furthest).isLessThan(1.63 / Math.sqrt(MANY));
    }

    /** For shape 2 the distribution is 1 − e^(−t)(1 + t). */
    @Test
    void gammaNumbersOfShapeTwoAreDistributedAsTheyShould() {
        SplittableRandom random = new SplittableRandom(3);
        double[] sorted = IntStream.range(0, MANY)
                .mapToDouble(_ -> Arrivals.gamma(random, 2))
                .sorted()
                .toArray();
        double furthest = IntStream.range(0, MANY)
                .mapToDouble(i -> Math.abs((i + 0.5) / MANY - (1 - Math.exp(-sorted[i]) * (1 + sorted[i]))))
                .max()
                .orElseThrow();
        assertThat(furthest).isLessThan(1.63 / Math.sqrt(MANY));
    }

    @Test
    void theLastRequestComesWhenTheRateSaysSo() {
        long[] offsets = new Arrivals(4, 1).offsets(10, 7);
        assertThat(offsets[9]).isEqualTo(2_500_000_000L);
        assertThat(offsets).isSorted().isEqualTo(new Arrivals(4, 1).offsets(10, 7));
        assertThat(offsets).isNotEqualTo(new Arrivals(4, 1).offsets(10, 8));
    }

    @Test
    void infiniteBurstinessMakesEqualDistances() {
        assertThat(new Arrivals(2, Double.POSITIVE_INFINITY).offsets(3, 1))
                .containsExactly(500_000_000L, 1_000_000_000L, 1_500_000_000L);
    }

    @Test
    void anInfiniteRateSendsAllAtOnce() {
        assertThat(Arrays.stream(new Arrivals(Double.POSITIVE_INFINITY, 1).offsets(5, 1)))
                .containsOnly(0L);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -1, Double.NaN})
    void rateAndBurstinessArePositive(double wrong) {
        assertThatIllegalArgumentException().isThrownBy(() -> new Arrivals(wrong, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new Arrivals(1, wrong));
    }
}
