package dev.sharegpt4v.runtime.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Comparator;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class TokenLogprobsTest {

    @Test
    void theyAreTheLogarithmOfTheSoftmaxAndTheLikeliestComeFirst() {
        Random random = new Random(1);
        for (int round = 0; round < 200; round++) {
            float[] logits = new float[1 + random.nextInt(60)];
            for (int i = 0; i < logits.length; i++) {
                logits[i] = random.nextInt(12) - 6;
            }
            int vocabulary = 1 + random.nextInt(logits.length);
            int token = random.nextInt(vocabulary);
            int top = random.nextInt(8);
            TokenLogprobs found = TokenLogprobs.of(logits, vocabulary, token, top);

            double total = IntStream.range(0, vocabulary)
                    .mapToDouble(i -> Math.exp(logits[i]))
                    .sum();
            int[] expected = IntStream.range(0, vocabulary)
                    .boxed()
                    .sorted(Comparator.comparingDouble((Integer i) -> -logits[i])
                            .thenComparing(i -> i))
                    .limit(top)
                    .mapToInt(i -> i)
                    .toArray();
            assertThat(found.ids()).containsExactly(expected);
            assertThat((double) found.logprob()).isCloseTo(logits[token] - Math.log(total), within(1e-4));
            assertThat(found.rank()).isEqualTo((int) IntStream.range(0, vocabulary)
                    .filter(i -> logits[i] >= logits[token])
                    .count());
            for (int i = 0; i < expected.length; i++) {
                assertThat((double) found.logprobs()[i]).isCloseTo(logits[expected[i]] - Math.log(total), within(1e-4));
            }
        }
    }
}
