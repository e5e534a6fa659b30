package dev.sharegpt4v.server.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class DistributionTest {

    /** Drawn by numpy: {@code default_rng(7).lognormal(3, 1, 37)}, rounded. */
    private static final double[] DRAWN = {
        20.1103, 27.0786, 15.2696, 8.2434, 12.7474, 7.451, 21.3306, 76.7241, 12.2778, 10.7998, 32.7808, 28.6997,
                22.3185,
        7.9211, 19.5065, 40.2578, 5.2372, 12.7099, 3.0005, 5.5315, 3.1844, 15.8776, 5.6551, 26.3446, 23.4941, 16.661,
        1.6213, 11.7201, 19.1346, 22.4954, 4.3486, 12.4566, 7.5495, 8.9456, 58.0264, 8.9573, 19.4428
    };

    private static Distribution of(double... values) {
        return Distribution.of(values).orElseThrow();
    }

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
        double[] given = Arrays.stream(values.split(" "))
                .mapToDouble(Double::parseDouble)
                .toArray();
        assertThat(of(given).percentile(percent)).isCloseTo(expected, within(1e-9));
    }

    /** Expected values are numpy.percentile's of {@link #DRAWN}. */
    @ParameterizedTest
    @CsvSource({
        "0, 1.6213",
        "12.5, 5.38435",
        "50, 12.7474",
        "90, 30.33214",
        "95, 43.81152",
        "99, 69.992928",
        "99.9, 76.0509828",
        "100, 76.7241"
    })
    void percentilesAreThoseOfNumpy(double percent, double expected) {
        assertThat(of(DRAWN).percentile(percent)).isCloseTo(expected, within(1e-9));
    }

    @Test
    void meanAndDeviationAreThoseOfNumpy() {
        assertThat(of(DRAWN).mean()).isCloseTo(17.727327027027027, within(1e-9));
        assertThat(of(DRAWN).std()).isCloseTo(14.971585467498787, within(1e-9));
        assertThat(of(DRAWN).median()).isEqualTo(12.7474);
        assertThat(of(DRAWN).max()).isEqualTo(76.7241);
    }

    @Test
    void valuesMayComeInAnyOrderAndStayAsTheyAre() {
        double[] values = {3, 1, 2};
        assertThat(of(values).sorted()).containsExactly(1, 2, 3);
        assertThat(of(values).count()).isEqualTo(3);
        assertThat(values).containsExactly(3, 1, 2);
    }

    @Test
    void nothingHasNoDistribution() {
        assertThat(Distribution.of(new double[0])).isEmpty();
    }

    @Test
    void aPercentileIsOutOfAHundred() {
        assertThatIllegalArgumentException().isThrownBy(() -> of(1).percentile(101));
    }
}
