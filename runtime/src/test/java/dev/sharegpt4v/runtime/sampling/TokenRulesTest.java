package dev.sharegpt4v.runtime.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class TokenRulesTest {

    private static final int VOCABULARY = 12;

    @Test
    void biasesAreAddedAndWhatIsNotAllowedGoes() {
        TokenRules rules = TokenRules.of(Map.of(1, 2f, 3, -100f, 40, 1f), Set.of(1, 2, 40), List.of());
        float[] logits = {5, 5, 5, 5};
        rules.apply(logits);
        assertThat(logits).containsExactly(Float.NEGATIVE_INFINITY, 7, 5, Float.NEGATIVE_INFINITY);
    }

    @Test
    void rulesComeBeforePenalties() {
        TokenCounts counts = new TokenCounts();
        counts.addCompletion(0);
        SamplingOptions options = new SamplingOptions(0, 0, 1, 0, 2f, 0, 0, OptionalLong.empty())
                .withRules(TokenRules.of(Map.of(0, 3f), Set.of(), List.of()));
        // (1 + 3) / 2 is less than 2.5; 1 / 2 + 3 would be more.
        int chosen = new Sampler(2).choose(new float[] {1, 2.5f}, options, counts, Set.of(), 1, 0);
        assertThat(chosen).isEqualTo(1);
    }

    @Test
    void whereNothingIsAllowedNothingIsChosen() {
        for (float temperature : new float[] {0, 1}) {
            SamplingOptions options = new SamplingOptions(temperature, 0, 1, 0, 1, 0, 0, OptionalLong.of(1))
                    .withRules(TokenRules.of(Map.of(), Set.of(1), List.of()));
            int chosen = new Sampler(3).choose(new float[3], options, new TokenCounts(), Set.of(1), 1, 0);
            assertThat(chosen).isEqualTo(Sampler.NOTHING);
        }
    }

    @Test
    void theEndOfABannedSequenceIsBannedWhereTheRestStandsBeforeIt() {
        TokenRules rules = TokenRules.of(Map.of(), Set.of(), List.of(List.of(7), List.of(1, 2), List.of(3, 1, 4)));
        assertThat(rules.bannedNext(new int[] {3, 1, 9}, 0, 2, Set.of(11))).containsExactlyInAnyOrder(7, 2, 4, 11);
        assertThat(rules.bannedNext(new int[] {3, 1}, 1, 2, Set.of())).containsExactlyInAnyOrder(7, 2);
        assertThat(rules.bannedNext(new int[] {3, 1}, 2, 2, Set.of())).containsExactly(7);
    }

    @Test
    void noBannedSequenceIsEverSaidAndOthersAre() {
        Random random = new Random(5);
        for (int round = 0; round < 100; round++) {
            List<List<Integer>> banned = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                banned.add(random.ints(1 + random.nextInt(3), 0, VOCABULARY)
                        .boxed()
                        .toList());
            }
            TokenRules rules = TokenRules.of(Map.of(), Set.of(), banned);
            SamplingOptions options = new SamplingOptions(1, 0, 1, 0, 1, 0, 0, OptionalLong.of(1)).withRules(rules);
            Sampler sampler = new Sampler(VOCABULARY);
            int[] said = new int[40];
            for (int at = 0; at < said.length; at++) {
                Set<Integer> forbidden = rules.bannedNext(said, 0, at, Set.of());
                said[at] = sampler.choose(new float[VOCABULARY], options, new TokenCounts(), forbidden, round, at);
                assertThat(forbidden).isEqualTo(naive(banned, said, at));
            }
            List<Integer> words = Arrays.stream(said).boxed().toList();
            assertThat(banned).noneMatch(sequence -> Collections.indexOfSubList(words, sequence) >= 0);
        }
    }

    private static Set<Integer> naive(List<List<Integer>> banned, int[] said, int length) {
        Set<Integer> next = new HashSet<>();
        for (List<Integer> sequence : banned) {
            List<Integer> longer = new ArrayList<>();
            for (int i = 0; i < length; i++) {
                longer.add(said[i]);
            }
            longer.add(sequence.getLast());
            int from = longer.size() - sequence.size();
            if (from >= 0 && longer.subList(from, longer.size()).equals(sequence)) {
                next.add(sequence.getLast());
            }
        }
        return next;
    }

    @Test
    void aSequenceOfNothingCannotBeBanned() {
        assertThatIllegalArgumentException().isThrownBy(() -> TokenRules.of(Map.of(), Set.of(), List.of(List.of())));
    }

    @Test
    void noRulesAreTheOnesThatChangeNothing() {
        assertThat(TokenRules.of(new HashMap<>(), Set.of(), List.of())).isSameAs(TokenRules.NONE);
        float[] logits = {1, 2};
        TokenRules.NONE.apply(logits);
        assertThat(logits).containsExactly(1, 2);
    }
}
