package dev.sharegpt4v.runtime.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class SamplerTest {

    private static final int VOCABULARY = 200;

    @Test
    void greedyTakesTheHighestAndOfEqualsTheFirst() {
        assertThat(greedy(new float[] {1, 5, 3, 5})).isEqualTo(1);
    }

    @Test
    void fillerRowsAreNeverChosen() {
        float[] logits = {1, 2, 99};
        assertThat(new Sampler(2).choose(logits, SamplingOptions.GREEDY, new TokenCounts(), Set.of(), 1, 0))
                .isEqualTo(1);
    }

    @Test
    void forbiddenTokensAreNeverChosen() {
        float[] logits = {1, 2, 99};
        assertThat(new Sampler(3).choose(logits, SamplingOptions.GREEDY, new TokenCounts(), Set.of(2, 77), 1, 0))
                .isEqualTo(1);
    }

    @Test
    void rowsWithoutAChoiceAreRefused() {
        for (float[] row : List.of(
                new float[] {Float.NaN, 1},
                new float[] {1, Float.NaN},
                new float[] {Float.NEGATIVE_INFINITY, Float.NEGATIVE_INFINITY},
                new float[] {1, Float.POSITIVE_INFINITY})) {
            assertThatExceptionOfType(SamplingException.class).isThrownBy(() -> greedy(row));
        }
    }

    @Test
    void penaltiesFollowTheirDefinitions() {
        TokenCounts counts = new TokenCounts();
        counts.addPrompt(new int[] {0, -200, 1});
        counts.addCompletion(1);
        counts.addCompletion(1);
        counts.addCompletion(3);
        float[] logits = {2, -2, 2, 4};
        counts.apply(new SamplingOptions(1, 0, 1, 0, 2f, 0.5f, 0.25f, OptionalLong.empty()), logits);

        assertThat(logits).containsExactly(1f, -4f - 0.5f - 0.5f, 2f, 2f - 0.5f - 0.25f);
    }

    @Test
    void drawsDependOnSeedAndPlaceAndNothingElse() {
        SamplingOptions options = new SamplingOptions(1, 0, 1, 0, 1, 0, 0, OptionalLong.empty());
        Sampler fresh = new Sampler(VOCABULARY);
        Sampler used = new Sampler(VOCABULARY);
        used.choose(random(99), options, new TokenCounts(), Set.of(), 5, 5);
        for (int place = 0; place < 50; place++) {
            assertThat(used.choose(random(1), options, new TokenCounts(), Set.of(), 7, place))
                    .isEqualTo(fresh.choose(random(1), options, new TokenCounts(), Set.of(), 7, place));
        }
        assertThat(IntStream.range(0, 50)
                        .map(place -> used.choose(random(1), options, new TokenCounts(), Set.of(), 7, place))
                        .distinct()
                        .count())
                .isGreaterThan(10);
    }

    @Test
    void everyFilterAgreesWithSortingTheWholeVocabulary() {
        Sampler sampler = new Sampler(VOCABULARY);
        Random random = new Random(3);
        for (int i = 0; i < 4000; i++) {
            SamplingOptions options = new SamplingOptions(
                    0.1f + random.nextFloat() * 2,
                    random.nextBoolean() ? 0 : 1 + random.nextInt(VOCABULARY + 20),
                    random.nextBoolean() ? 1f : 0.01f + 0.98f * random.nextFloat(),
                    random.nextBoolean() ? 0f : random.nextFloat(),
                    1,
                    0,
                    0,
                    OptionalLong.empty());
            float[] logits = i % 3 == 0 ? withTies(random) : random(random.nextInt());
            float highest = max(logits);
            // In the middle between steps of a coarse grid: rounding must not decide.
            double uniform = (random.nextInt(1000) + 0.5) / 1000;
            assertThat(sampler.draw(logits.clone(), highest, options, uniform))
                    .as("%s at %s", options, uniform)
                    .isIn(naive(logits, options, uniform));
        }
    }

    @Test
    void theLastOfTheLikelyTokensIsChosenWhenRoundingLeavesNothing() {
        SamplingOptions options = new SamplingOptions(1, 2, 1, 0, 1, 0, 0, OptionalLong.empty());
        assertThat(new Sampler(3).draw(new float[] {3, 2, 1}, 3, options, Math.nextDown(1.0)))
                .isEqualTo(1);
    }

    /** The choice by the filters' definitions; two where the sum comes within rounding of the draw. */
    private static Set<Integer> naive(float[] logits, SamplingOptions options, double uniform) {
        List<Integer> order =
                new ArrayList<>(IntStream.range(0, VOCABULARY).boxed().toList());
        order.sort(Comparator.comparingDouble((Integer id) -> -logits[id]).thenComparingInt(id -> id));
        double[] p = new double[VOCABULARY];
        for (int id = 0; id < VOCABULARY; id++) {
            p[id] = Math.exp((logits[id] - (double) logits[order.getFirst()]) / options.temperature());
        }
        if (options.topK() > 0 && options.topK() < VOCABULARY) {
            float last = logits[order.get(options.topK() - 1)];
            order.removeIf(id -> logits[id] < last);
        }
        double mass = order.stream().mapToDouble(id -> p[id]).sum();
        List<Integer> nucleus = new ArrayList<>();
        double sum = 0;
        for (int id : order) {
            if (!nucleus.isEmpty() && (sum >= options.topP() * mass || p[id] < options.minP() * p[order.getFirst()])) {
                break;
            }
            nucleus.add(id);
            sum += p[id];
        }
        boolean unfiltered = options.topK() == 0 && options.topP() == 1f && options.minP() == 0f;
        if (unfiltered) {
            nucleus.sort(Comparator.naturalOrder());
        }
        return new HashSet<>(
                List.of(pick(nucleus, p, (uniform - 1e-5) * sum), pick(nucleus, p, (uniform + 1e-5) * sum)));
    }

    private static int pick(List<Integer> ids, double[] p, double at) {
        double left = at;
        for (int id : ids) {
            left -= p[id];
            if (left < 0) {
                return id;
            }
        }
        return ids.getLast();
    }

    private static float[] random(int seed) {
        Random random = new Random(seed);
        float[] logits = new float[VOCABULARY];
        for (int i = 0; i < VOCABULARY; i++) {
            logits[i] = (float) random.nextGaussian() * 3;
        }
        return logits;
    }

    private static float[] withTies(Random random) {
        float[] logits = new float[VOCABULARY];
        for (int i = 0; i < VOCABULARY; i++) {
            logits[i] = random.nextInt(6);
        }
        return logits;
    }

    private static float max(float[] logits) {
        float max = Float.NEGATIVE_INFINITY;
        for (float logit : logits) {
            max = Math.max(max, logit);
        }
        return max;
    }

    private static int greedy(float[] logits) {
        return new Sampler(logits.length).choose(logits, SamplingOptions.GREEDY, new TokenCounts(), Set.of(), 1, 0);
    }
}
