package dev.sharegpt4v.server.bench.parity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sharegpt4v.runtime.execution.ContentHash;
import dev.sharegpt4v.runtime.execution.ImageFeatures;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ParityTest {

    private static Continued one(float... logits) {
        return new Continued(List.of(), new int[0], List.of(logits));
    }

    private static ImageFeatures features(float... values) {
        return new ImageFeatures(new ContentHash(1, 2), values, 1);
    }

    @Test
    void equalNumbersAreNotApart() {
        Parity parity = Parity.of(List.of(one(1, 2, 3)), List.of(one(1, 2, 3)), 3);
        assertThat(parity).isEqualTo(new Parity(1, 0, 0, 0, 0, 0, 0));
        assertThat(parity.isWithin(0, 0, 0)).isTrue();
    }

    @Test
    void theDivergenceIsThatOfTheDefinition() {
        // Probabilities 1/2, 1/4, 1/4 against 1/4, 1/2, 1/4.
        float[] reference = {(float) Math.log(2), 0, 0};
        float[] candidate = {5, 5 + (float) Math.log(2), 5};
        Parity parity = Parity.of(List.of(one(reference)), List.of(one(candidate)), 3);
        assertThat(parity.meanDivergence()).isCloseTo(0.25 * Math.log(2), within(1e-6));
        assertThat(parity.largestDifference()).isCloseTo(Math.log(2), within(1e-6));
        assertThat(parity.otherBest()).isOne();
        assertThat(parity.largestMargin()).isCloseTo(Math.log(2), within(1e-6));
    }

    @Test
    void meansAndMaximaGoOverAllPositions() {
        Continued reference =
                new Continued(List.of(), new int[] {7}, List.of(new float[] {0, 0}, new float[] {(float) Math.log(3), 0
                }));
        Continued candidate = new Continued(List.of(), new int[] {7}, List.of(new float[] {9, 9}, new float[] {0, 0}));
        // KL of 3/4, 1/4 from halves.
        double second = 0.75 * Math.log(1.5) + 0.25 * Math.log(0.5);
        Parity parity = Parity.of(List.of(reference), List.of(candidate), 2);
        assertThat(parity.positions()).isEqualTo(2);
        assertThat(parity.meanDivergence()).isCloseTo(second / 2, within(1e-6));
        assertThat(parity.largestDivergence()).isCloseTo(second, within(1e-6));
    }

    @Test
    void fillersBeyondTheVocabularyDoNotCount() {
        assertThat(Parity.of(List.of(one(1, 2, 50)), List.of(one(1, 2, -50)), 2).largestDifference())
                .isZero();
    }

    @Test
    void featuresAreApartByTheNormOfTheirDifference() {
        Continued reference = new Continued(List.of(features(3, 4)), new int[0], List.of(new float[] {1}));
        Continued candidate = new Continued(List.of(features(3, 4.5f)), new int[0], List.of(new float[] {1}));
        Parity parity = Parity.of(List.of(reference), List.of(candidate), 1);
        assertThat(parity.featureError()).isCloseTo(0.1, within(1e-9));
        assertThat(parity.isWithin(1, 1, 0.09)).isFalse();
    }

    @Test
    void noNumbersAreWithinNoLimit() {
        Parity parity = Parity.of(List.of(one(1, 2)), List.of(one(Float.NaN, 2)), 2);
        assertThat(parity.isWithin(1e9, 1e9, 1e9)).isFalse();
        Continued reference = new Continued(List.of(features(3, 4)), new int[0], List.of(new float[] {1}));
        Continued broken = new Continued(List.of(features(3, Float.NaN)), new int[0], List.of(new float[] {1}));
        assertThat(Parity.of(List.of(reference), List.of(broken), 1).isWithin(1e9, 1e9, 1e9))
                .isFalse();
    }

    @Test
    void otherTokensAreNotCompared() {
        Continued first = new Continued(List.of(), new int[] {1}, List.of(new float[1], new float[1]));
        Continued second = new Continued(List.of(), new int[] {2}, List.of(new float[1], new float[1]));
        assertThatThrownBy(() -> Parity.of(List.of(first), List.of(second), 1))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void bitsAreEqualOrNot() {
        assertThat(Parity.isEqual(List.of(one(1, 2)), List.of(one(1, 2)))).isTrue();
        assertThat(Parity.isEqual(List.of(one(1, 2)), List.of(one(1, Math.nextUp(2f)))))
                .isFalse();
    }
}
