package dev.sharegpt4v.runtime.engine;

import static dev.sharegpt4v.runtime.engine.EngineRig.events;
import static dev.sharegpt4v.runtime.engine.EngineRig.text;
import static dev.sharegpt4v.runtime.engine.EngineRig.tokens;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sharegpt4v.runtime.grammar.Expression;
import dev.sharegpt4v.runtime.grammar.GrammarConstraint;
import dev.sharegpt4v.runtime.grammar.TokenTrie;
import dev.sharegpt4v.runtime.sampling.SamplingOptions;
import dev.sharegpt4v.runtime.testing.Continuation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers that are bound to a grammar, in the company that answers keep. */
final class ConstrainedEngineTest {

    private static final EngineOptions PLAIN = new EngineOptions(8, 100, 64);
    private static final EngineOptions GUESSING = new EngineOptions(8, 100, 64, 0, 4, true, 1 << 20);
    /** Tokens from 3 on are the letters a to j, over and over; the others are no text. */
    private static final TokenTrie LETTERS =
            TokenTrie.of(EngineRig.VOCABULARY, id -> id < 3 ? new byte[0] : new byte[] {(byte) ('a' + (id - 3) % 10)});
    /** Words of two to four letters from the beginning of the alphabet, with a j after each. */
    private static final GrammarConstraint WORDS = new GrammarConstraint(
            new Expression.Repetition(
                    Expression.sequence(
                            new Expression.Repetition(
                                    Expression.choice(List.of(Expression.Bytes.of("a"), Expression.Bytes.of("b"))),
                                    2,
                                    4),
                            Expression.Bytes.of("j")),
                    3,
                    30),
            LETTERS);

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void guessesChangeNoTokenOfABoundAnswer(long seed) {
        SamplingOptions drawn = new SamplingOptions(0.3f, 0, 1f, 0f, 1f, 0f, 0f, OptionalLong.of(seed));
        EngineRig plain = new EngineRig(64, PLAIN, SpeculationTest.PHRASES);
        EngineRig guessing = new EngineRig(64, GUESSING, SpeculationTest.PHRASES);
        GenerationHandle expected = plain.submit(bound(text(1, 20), drawn, new StopRule(100, 0, EngineRig.END)));
        GenerationHandle guessed = guessing.submit(bound(text(1, 20), drawn, new StopRule(100, 0, EngineRig.END)));
        plain.runToIdle();
        guessing.runToIdle();

        List<Integer> tokens = tokens(events(guessed));
        assertThat(tokens).isEqualTo(tokens(events(expected)));
        assertThat(spelt(tokens)).matches("([ab]{2,4}j)*[ab]{0,4}");
        assertThat(guessing.loop.snapshot(0).guesses().guessed()).isPositive();
    }

    @Test
    void answersInLittleRoomAreThoseThatEachGetsAlone() {
        List<List<Integer>> alone = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            EngineRig rig = new EngineRig(64, PLAIN, Continuation.HASHED);
            GenerationHandle handle = rig.submit(bound(text(i, 10), drawn(i), new StopRule(60, 0, EngineRig.END)));
            rig.runToIdle();
            alone.add(tokens(events(handle)));
        }
        EngineRig rig = new EngineRig(14, PLAIN, Continuation.HASHED);
        List<GenerationHandle> handles = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            handles.add(rig.submit(bound(text(i, 10), drawn(i), new StopRule(60, 0, EngineRig.END))));
        }
        rig.runToIdle();
        for (int i = 0; i < 6; i++) {
            assertThat(tokens(events(handles.get(i)))).isEqualTo(alone.get(i));
            assertThat(spelt(alone.get(i))).matches("([ab]{2,4}j)*[ab]{0,4}");
        }
    }

    @Test
    void aCompleteTextThatCannotGoOnEndsAndOneThatIsCutOffSaysSo() {
        GrammarConstraint word = new GrammarConstraint(Expression.Bytes.of("abc"), LETTERS);
        EngineRig rig = new EngineRig(64, PLAIN, Continuation.HASHED);
        GenerationHandle unended = rig.submit(bound(word, new StopRule(50, 0, Set.of())));
        GenerationHandle early = rig.submit(bound(word, new StopRule(50, 10, EngineRig.END)));
        GenerationHandle ended = rig.submit(bound(word, new StopRule(50, 0, EngineRig.END)));
        GenerationHandle cut = rig.submit(bound(word, new StopRule(2, 0, EngineRig.END)));
        rig.runToIdle();
        assertThat(reason(unended)).isEqualTo(FinishReason.STOP);
        assertThat(reason(early)).isEqualTo(FinishReason.STOP);
        assertThat(reason(ended)).isEqualTo(FinishReason.STOP);
        assertThat(reason(cut)).isEqualTo(FinishReason.LENGTH);
    }

    @Test
    void aDeadEndEndsTheAnswerAndNobodyElses() {
        TokenTrie withoutC = TokenTrie.of(
                EngineRig.VOCABULARY, id -> id < 3 ? new byte[0] : new byte[] {(byte) ('a' + (id - 3) % 2)});
        GrammarConstraint word = new GrammarConstraint(Expression.Bytes.of("abc"), withoutC);
        EngineRig rig = new EngineRig(64, PLAIN, Continuation.HASHED);
        GenerationHandle stuck = rig.submit(bound(word, new StopRule(50, 0, EngineRig.END)));
        GenerationHandle other = rig.submit(EngineRig.request(text(2, 10), 20));
        rig.runToIdle();
        List<GenerationEvent> events = events(stuck);
        assertThat(tokens(events)).hasSize(2);
        assertThat(((GenerationEvent.Finished) events.getLast()).reason()).isEqualTo(FinishReason.LENGTH);
        assertThat(tokens(events(other))).hasSize(20);
        assertThat(rig.loop.memory().usedBlocks()).isZero();
    }

    private static FinishReason reason(GenerationHandle handle) {
        return ((GenerationEvent.Finished) events(handle).getLast()).reason();
    }

    private static SamplingOptions drawn(long seed) {
        return new SamplingOptions(1.5f, 0, 1f, 0f, 1f, 0f, 0f, OptionalLong.of(seed));
    }

    private static GenerationRequest bound(GrammarConstraint constraint, StopRule stop) {
        return new GenerationRequest(
                "test",
                text(1, 10),
                SamplingOptions.GREEDY,
                stop,
                Scheduling.DEFAULT,
                OptionalInt.empty(),
                Optional.of(constraint));
    }

    private static GenerationRequest bound(Prompt prompt, SamplingOptions sampling, StopRule stop) {
        return new GenerationRequest(
                "test", prompt, sampling, stop, Scheduling.DEFAULT, OptionalInt.empty(), Optional.of(WORDS));
    }

    private static String spelt(List<Integer> tokens) {
        StringBuilder text = new StringBuilder();
        for (int token : tokens) {
            if (token >= 3) {
                text.append((char) ('a' + (token - 3) % 10));
            }
        }
        return text.toString();
    }
}
