package dev.sharegpt4v.runtime.engine;

import static dev.sharegpt4v.runtime.engine.EngineRig.alone;
import static dev.sharegpt4v.runtime.engine.EngineRig.events;
import static dev.sharegpt4v.runtime.engine.EngineRig.request;
import static dev.sharegpt4v.runtime.engine.EngineRig.text;
import static dev.sharegpt4v.runtime.engine.EngineRig.tokens;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sharegpt4v.runtime.sampling.SamplingOptions;
import dev.sharegpt4v.runtime.testing.Continuation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Guessing ahead changes how many steps a text takes, and no token of it. */
final class SpeculationTest {

    /** Says a phrase over and over, and now and then something else. */
    static final Continuation PHRASES = (prefix, vocabulary) -> prefix.length % 23 == 0
            ? Continuation.HASHED.next(prefix, vocabulary)
            : 10 + (int) (Math.floorMod(prefix[prefix.length - 1], 7L) + 1) % 7;

    private static final EngineOptions PLAIN = new EngineOptions(8, 100, 64);
    private static final EngineOptions GUESSING = new EngineOptions(8, 100, 64, 0, 4, true, 1 << 20);

    @Test
    void aTextThatRepeatsItselfTakesFewerStepsAndIsTheSame() {
        EngineRig plain = new EngineRig(64, PLAIN, PHRASES);
        EngineRig guessing = new EngineRig(64, GUESSING, PHRASES);
        GenerationHandle expected = plain.submit(request(text(1, 20), 120));
        GenerationHandle guessed = guessing.submit(request(text(1, 20), 120));
        plain.runToIdle();
        guessing.runToIdle();

        assertThat(tokens(events(guessed)))
                .isEqualTo(tokens(events(expected)))
                .isEqualTo(alone(text(1, 20), 120, PHRASES));
        assertThat(guessing.executor.steps())
                .hasSizeLessThan(plain.executor.steps().size() / 2);
        assertThat(guessing.loop.snapshot(0).guesses().accepted()).isGreaterThan(60);
        assertThat(guessing.loop.memory().usedBlocks()).isZero();
    }

    @Test
    void textsThatShareStepsAreEachTheSame() {
        EngineRig rig = new EngineRig(40, GUESSING, PHRASES);
        List<GenerationHandle> handles = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            handles.add(rig.submit(request(text(i, 5 + i), 60 + i)));
        }
        rig.runToIdle();
        for (int i = 0; i < 8; i++) {
            assertThat(tokens(events(handles.get(i)))).isEqualTo(alone(text(i, 5 + i), 60 + i, PHRASES));
        }
        assertThat(rig.loop.snapshot(0).guesses().accepted()).isPositive();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void drawsAreTheSameToo(long seed) {
        SamplingOptions drawn = new SamplingOptions(0.4f, 3, 0.9f, 0f, 1.01f, 0.02f, 0.01f, OptionalLong.of(seed));
        GenerationRequest request =
                new GenerationRequest("test", text(1, 20), drawn, new StopRule(100, 0, EngineRig.END));
        EngineRig plain = new EngineRig(64, PLAIN, PHRASES);
        EngineRig guessing = new EngineRig(64, GUESSING, PHRASES);
        GenerationHandle expected = plain.submit(request);
        GenerationHandle guessed = guessing.submit(request);
        plain.runToIdle();
        guessing.runToIdle();

        assertThat(tokens(events(guessed))).isEqualTo(tokens(events(expected)));
        assertThat(guessing.loop.snapshot(0).guesses().guessed()).isPositive();
    }

    /** Over many seeds, the token after a guess is distributed as the model says, whether the guess is likely or not. */
    @Test
    void whatIsDrawnHasTheModelsDistribution() {
        Continuation loop = (prefix, vocabulary) -> 10 + (int) (Math.floorMod(prefix[prefix.length - 1], 3L) + 1) % 3;
        Map<Integer, Integer> plain = new HashMap<>();
        Map<Integer, Integer> guessing = new HashMap<>();
        Random seeds = new Random(5);
        for (int i = 0; i < 2000; i++) {
            third(loop, PLAIN, seeds.nextLong(), plain);
            third(loop, GUESSING, seeds.nextLong(), guessing);
        }
        for (Map.Entry<Integer, Integer> entry : plain.entrySet()) {
            double here = guessing.getOrDefault(entry.getKey(), 0) / 2000.0;
            double there = entry.getValue() / 2000.0;
            assertThat(Math.abs(here - there)).as("token %d", entry.getKey()).isLessThan(0.06);
        }
    }

    private static void third(Continuation model, EngineOptions options, long seed, Map<Integer, Integer> counts) {
        EngineRig rig = new EngineRig(16, options, model);
        SamplingOptions drawn = new SamplingOptions(0.8f, 0, 0.8f, 0f, 1f, 0f, 0f, OptionalLong.of(seed));
        int[] prompt = {10, 11, 12, 10, 11, 12, 10, 11};
        GenerationHandle handle = rig.submit(
                new GenerationRequest("test", new Prompt(prompt, List.of()), drawn, new StopRule(3, 3, EngineRig.END)));
        rig.runToIdle();
        counts.merge(tokens(events(handle)).getLast(), 1, Integer::sum);
    }

    @Test
    void guessesTakeNobodysBlocks() {
        EngineRig rig = new EngineRig(8, GUESSING, PHRASES);
        for (int i = 0; i < 4; i++) {
            rig.submit(request(text(i, 10), 20));
        }
        rig.runToIdle();
        assertThat(rig.recorder.preempted).isZero();
        assertThat(rig.recorder.finished).isEqualTo(4);
    }

    @Test
    void anEndThatWasGuessedRightEndsTheText() {
        Continuation ends = (prefix, vocabulary) -> prefix[prefix.length - 1] == 6 ? 2 : 6;
        EngineRig rig = new EngineRig(16, GUESSING, ends);
        int[] prompt = {5, 6, 2, 9, 9, 5, 9, 5};
        GenerationHandle handle = rig.submit(request(new Prompt(prompt, List.of()), 30));
        rig.runToIdle();
        assertThat(tokens(events(handle))).containsExactly(6, 2);
        assertThat(rig.loop.memory().usedBlocks()).isZero();
    }
}
