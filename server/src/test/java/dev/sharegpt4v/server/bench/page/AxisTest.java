package dev.sharegpt4v.server.bench.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class AxisTest {

    private static Axis linear(double... values) {
        return Axis.around(values, 0, 100, false);
    }

    private static Axis logarithmic(double... values) {
        return Axis.around(values, 0, 100, true);
    }

    @Test
    void linearAxesBeginAtZeroAndEndRound() {
        Axis axis = linear(3, 8.3, Double.NaN);
        assertThat(axis.low()).isZero();
        assertThat(axis.high()).isEqualTo(10);
        assertThat(axis.ticks()).containsExactly(0.0, 2.0, 4.0, 6.0, 8.0, 10.0);
        assertThat(axis.at(5)).isEqualTo(50);
    }

    @Test
    void linearAxesHoldWhatIsBelowZero() {
        assertThat(linear(-3, 8).at(-3)).isZero();
    }

    @Test
    void logarithmicAxesPutEqualRatiosEquallyFarApart() {
        Axis axis = logarithmic(1, 1000);
        assertThat(axis.low()).isEqualTo(1);
        assertThat(axis.ticks()).containsExactly(1.0, 10.0, 100.0, 1000.0);
        assertThat(axis.at(100) - axis.at(10)).isCloseTo(axis.at(10) - axis.at(1), within(1e-9));
    }

    @Test
    void withinADecadeTheTicksAreFiner() {
        assertThat(logarithmic(2, 6).ticks()).containsExactly(2.0, 5.0);
    }

    @Test
    void whatHasNoLogarithmIsLeftOut() {
        assertThat(logarithmic(0, -1, 10, 20).low()).isPositive().isLessThan(10);
    }

    @Test
    void nothingToShowIsAnAxisAllTheSame() {
        assertThat(linear().ticks()).isNotEmpty();
        assertThat(logarithmic(Double.NaN).ticks()).isNotEmpty();
        assertThat(linear(0).ticks()).contains(0.0);
    }

    @Test
    void valuesOutsideStandAtTheEnds() {
        assertThat(linear(10).at(-5)).isZero();
        assertThat(linear(10).at(50)).isEqualTo(100);
    }

    @Test
    void anyAxisHoldsItsValuesWithAFewTicksBetweenItsEnds() {
        Random random = new Random(1);
        for (int i = 0; i < 2000; i++) {
            double value = Math.pow(10, random.nextDouble() * 18 - 9);
            for (boolean log : new boolean[] {false, true}) {
                Axis axis = Axis.around(new double[] {value, value * (1 + random.nextInt(50))}, 0, 100, log);
                assertThat(axis.low()).isLessThan(axis.high());
                assertThat(value).isBetween(axis.low(), axis.high());
                assertThat(axis.ticks())
                        .hasSizeBetween(log ? 0 : 2, 9)
                        .allSatisfy(tick ->
                                assertThat(tick).isBetween(axis.low() * (1 - 1e-3) - 1e-12, axis.high() * (1 + 1e-9)));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "5, 5",
        "0.25, 0.25",
        "100, 100",
        "2500, 2500",
        "12000, 12 k",
        "2500000, 2.5 M",
        "3e9, 3 G",
        "-20000, -20 k",
        "0.005, 0.005",
        "0.0001, 0.0001"
    })
    void numbersAreShort(double value, String text) {
        assertThat(Axis.text(value)).isEqualTo(text);
    }
}
