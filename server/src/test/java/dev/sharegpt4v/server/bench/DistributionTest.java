package dev.sharegpt4v.server.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class DistributionTest {

    /** Expected values are numpy.percentile's. */
    @ParameterizedTest
    @CsvSource({
        "5, 0, 5",
        "5, 50, 5",
        "5, 99, 5",
        "1 2, 50, 1.5",
        "1 2, 90, 1.9",
        "1 2 3, 50, 2",
        "1 2 3 4, 50, 2.5",
        "1 2 3 4, 25, 1.75",
        "1 2 3 4, 90, 3.7",
        "1 2 3 4, 99, 3.97",
        "1 2 3 4, 100, 4",
        "1 1 1 9, 50, 1",
        "0 10 20 30 40 50 60 70 80 90 100, 90, 90",
    })
    void percentilesLieBetweenTheNearestValues(String values, double percent, double expected) {
        double[] sorted = Arrays.stream(values.split(" "))
                .mapToDouble(Double::parseDouble)
                .toArray();
        assertThat(Distribution.percentile(sorted, percent)).isCloseTo(expected, within(1e-9));
    }

    @Test
    void valuesMayComeInAnyOrderAndStayAsTheyAre() {
        double[] values = {3, 1, 2};
        Distribution found = Distribution.of(values).orElseThrow();
        assertThat(found.count()).isEqualTo(3);
        assertThat(found.mean()).isEqualTo(2);
        assertThat(found.p50()).isEqualTo(2);
        assertThat(values).containsExactly(3, 1, 2);
    }

    @Test
    void percentilesOfAHundredAndOneValuesAreTheValuesThemselves() {
        Distribution found = Distribution.of(
                        IntStream.rangeClosed(0, 100).mapToDouble(i -> 100 - i).toArray())
                .orElseThrow();
        assertThat(found.p50()).isCloseTo(50, within(1e-9));
        assertThat(found.p90()).isCloseTo(90, within(1e-9));
        assertThat(found.p99()).isCloseTo(99, within(1e-9));
    }

    @Test
    void nothingHasNoDistribution() {
        assertThat(Distribution.of(new double[0])).isEmpty();
    }

    @Test
    void aPercentileIsOutOfAHundred() {
        assertThatIllegalArgumentException().isThrownBy(() -> Distribution.percentile(new double[] {1}, 101));
    }
}
