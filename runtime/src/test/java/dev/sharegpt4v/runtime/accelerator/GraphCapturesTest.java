package dev.sharegpt4v.runtime.accelerator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class GraphCapturesTest {

    private static final DecodeBucket ONE = new DecodeBucket(1, 8);
    private static final DecodeBucket TWO = new DecodeBucket(2, 8);
    private static final DecodeBucket FOUR = new DecodeBucket(4, 16);

    @Test
    void theFirstRunCapturesAndLaterOnesReplay() {
        GraphCaptures captures = new GraphCaptures(4);
        assertThat(captures.find(ONE)).isEmpty();
        assertThat(captures.mayCapture(ONE)).isTrue();
        int number = captures.add(ONE);
        assertThat(number).isPositive();
        assertThat(captures.mayCapture(ONE)).isFalse();
        assertThat(captures.find(ONE)).hasValue(number);
        assertThat(captures.find(TWO)).isEmpty();
        assertThat(captures.find(new DecodeBucket(1, 16))).isEmpty();
    }

    @Test
    void theLeastRecentlyUsedMakesRoom() {
        GraphCaptures captures = new GraphCaptures(2);
        int one = captures.add(ONE);
        int two = captures.add(TWO);
        assertThat(captures.find(ONE)).hasValue(one);
        assertThatThrownBy(() -> captures.add(FOUR)).isInstanceOf(IllegalStateException.class);
        assertThat(captures.makeRoom()).containsExactly(two);
        captures.add(FOUR);
        assertThat(captures.find(TWO)).isEmpty();
        assertThat(captures.find(ONE)).hasValue(one);
    }

    @Test
    void aFailureDropsTheCaptureAndARefusedBucketStaysPlain() {
        GraphCaptures captures = new GraphCaptures(2);
        int one = captures.add(ONE);
        assertThat(captures.drop(ONE)).hasValue(one);
        assertThat(captures.drop(ONE)).isEmpty();
        assertThat(captures.add(ONE)).isNotEqualTo(one);
        captures.drop(ONE);
        captures.refuse(ONE);
        assertThat(captures.mayCapture(ONE)).isFalse();
        assertThat(captures.mayCapture(TWO)).isTrue();
    }

    @Test
    void allCanBeDroppedAtOnce() {
        GraphCaptures captures = new GraphCaptures(3);
        int one = captures.add(ONE);
        int two = captures.add(TWO);
        assertThat(captures.dropAll()).containsExactlyInAnyOrder(one, two);
        assertThat(captures.size()).isZero();
        assertThat(captures.mayCapture(ONE)).isTrue();
    }

    @Test
    void withoutCapturesNothingMayBeCaptured() {
        assertThat(new GraphCaptures(0).mayCapture(ONE)).isFalse();
    }

    @Test
    void numbersAreNeverUsedAgainAndTheLimitHoldsWhateverHappens() {
        Random random = new Random(7);
        GraphCaptures captures = new GraphCaptures(5);
        Map<DecodeBucket, Integer> model = new HashMap<>();
        Set<Integer> used = new HashSet<>();
        for (int i = 0; i < 10_000; i++) {
            DecodeBucket bucket = new DecodeBucket(1 << random.nextInt(5), 8 << random.nextInt(3));
            switch (random.nextInt(12)) {
                case 0 -> assertThat(captures.drop(bucket)).isEqualTo(optional(model.remove(bucket)));
                case 1 -> {
                    if (random.nextInt(50) == 0) {
                        assertThat(captures.dropAll()).containsExactlyInAnyOrderElementsOf(model.values());
                        model.clear();
                    }
                }
                default -> {
                    assertThat(captures.find(bucket)).isEqualTo(optional(model.get(bucket)));
                    if (captures.mayCapture(bucket)) {
                        List<Integer> released = captures.makeRoom();
                        assertThat(model.values()).containsAll(released);
                        model.values().removeAll(released);
                        int number = captures.add(bucket);
                        assertThat(used.add(number)).isTrue();
                        model.put(bucket, number);
                    }
                }
            }
            assertThat(captures.size()).isEqualTo(model.size()).isLessThanOrEqualTo(5);
        }
    }

    private static OptionalInt optional(@Nullable Integer number) {
        return number == null ? OptionalInt.empty() : OptionalInt.of(number);
    }
}
