package dev.sharegpt4v.runtime.engine;

import static dev.sharegpt4v.runtime.engine.EngineRig.events;
import static dev.sharegpt4v.runtime.engine.EngineRig.request;
import static dev.sharegpt4v.runtime.engine.EngineRig.text;
import static dev.sharegpt4v.runtime.engine.EngineRig.tokens;
import static dev.sharegpt4v.runtime.engine.EngineRig.withImage;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sharegpt4v.runtime.execution.ImageInput;
import dev.sharegpt4v.runtime.sampling.SamplingOptions;
import dev.sharegpt4v.runtime.sampling.TokenLogprobs;
import dev.sharegpt4v.runtime.sampling.TokenRules;
import dev.sharegpt4v.runtime.testing.Continuation;
import dev.sharegpt4v.runtime.testing.ScriptedEncoder;
import dev.sharegpt4v.runtime.testing.ScriptedExecutor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** How likely the model finds the words it was given. */
final class PromptLogprobsTest {

    private static final EngineOptions OPTIONS = new EngineOptions(8, 100, 32);
    private static final int TOP = 3;

    private static GenerationRequest scored(Prompt prompt, int maxTokens) {
        return new GenerationRequest(
                "scored",
                prompt,
                SamplingOptions.GREEDY,
                new StopRule(maxTokens, 0, EngineRig.END),
                Scheduling.DEFAULT,
                OptionalInt.of(TOP),
                Optional.empty(),
                OptionalInt.of(TOP));
    }

    /** The oracle: what the model says after each beginning of the prompt. */
    private static List<Optional<TokenLogprobs>> alone(Prompt prompt) {
        long[] prefix = Arrays.stream(prompt.tokens()).mapToLong(token -> token).toArray();
        for (ImageSpan span : prompt.images()) {
            for (int row = 0; row < span.image().featureRows(); row++) {
                prefix[span.position() + row] =
                        ScriptedEncoder.entry(span.image().hash(), row);
            }
        }
        List<Optional<TokenLogprobs>> expected = new ArrayList<>();
        for (int i = 0; i < prefix.length; i++) {
            if (i == 0 || prompt.tokens()[i] == Prompt.IMAGE_PLACEHOLDER) {
                expected.add(Optional.empty());
                continue;
            }
            int next = Continuation.HASHED.next(Arrays.copyOf(prefix, i), EngineRig.VOCABULARY);
            float[] row = ScriptedExecutor.row(next, EngineRig.VOCABULARY);
            expected.add(Optional.of(TokenLogprobs.of(row, EngineRig.VOCABULARY, prompt.tokens()[i], TOP)));
        }
        return expected;
    }

    private static void requireRight(GenerationHandle handle, Prompt prompt) {
        assertThat(handle.promptLogprobs())
                .usingRecursiveFieldByFieldElementComparator()
                .isEqualTo(alone(prompt));
    }

    @Test
    void everyWordIsScoredInAllChunksAndPicturesAreNot() {
        EngineRig rig = new EngineRig(64, OPTIONS);
        List<Prompt> prompts = new ArrayList<>();
        List<GenerationHandle> handles = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            ImageInput image = ScriptedEncoder.image(i, 20 + i);
            prompts.add(i % 2 == 0 ? text(i, 1 + 17 * i) : withImage(i, image, 4, 50));
            handles.add(rig.submit(scored(prompts.get(i), 5)));
        }
        rig.runToIdle();

        for (int i = 0; i < 6; i++) {
            requireRight(handles.get(i), prompts.get(i));
            assertThat(tokens(events(handles.get(i))))
                    .isEqualTo(EngineRig.alone(prompts.get(i), 5, Continuation.HASHED));
        }
    }

    @Test
    void aPromptOfOneWordHasNothingToScore() {
        EngineRig rig = new EngineRig(64, OPTIONS);
        GenerationHandle handle = rig.submit(scored(text(1, 1), 2));
        rig.runToIdle();
        assertThat(handle.promptLogprobs()).containsExactly(Optional.empty());
    }

    @Test
    void whatIsCachedIsComputedAgainForItAndServesOthersAfterwards() {
        EngineRig rig = new EngineRig(64, OPTIONS);
        Prompt prompt = withImage(3, ScriptedEncoder.image(1, 30), 20, 30);
        rig.submit(request(prompt, 4));
        rig.runToIdle();
        GenerationHandle scored = rig.submit(scored(prompt, 4));
        rig.runToIdle();
        GenerationHandle after = rig.submit(request(prompt, 4));
        rig.runToIdle();

        requireRight(scored, prompt);
        assertThat(scored.cachedTokens()).isZero();
        assertThat(after.cachedTokens()).isEqualTo(79);
    }

    @Test
    void equalPromptsAtOneTimeAreEachScored() {
        EngineRig rig = new EngineRig(64, OPTIONS);
        Prompt prompt = text(1, 60);
        List<GenerationHandle> handles =
                rig.submitAll(List.of(scored(prompt, 3), scored(prompt, 3), request(prompt, 3)));
        rig.runToIdle();
        requireRight(handles.get(0), prompt);
        requireRight(handles.get(1), prompt);
        assertThat(handles.get(2).promptLogprobs()).isEmpty();
    }

    @Test
    void aSequenceThatLosesItsBlocksIsScoredAllTheSame() {
        EngineRig rig = new EngineRig(12, OPTIONS);
        List<Prompt> prompts = List.of(text(1, 60), text(2, 60));
        List<GenerationHandle> handles =
                prompts.stream().map(prompt -> rig.submit(scored(prompt, 60))).toList();
        rig.runToIdle();
        assertThat(rig.recorder.preempted).isPositive();
        for (int i = 0; i < 2; i++) {
            requireRight(handles.get(i), prompts.get(i));
            assertThat(tokens(events(handles.get(i))))
                    .isEqualTo(EngineRig.alone(prompts.get(i), 60, Continuation.HASHED));
        }
    }

    @Test
    void thePromptOfASecondTurnIsScoredAsItsFirstTurnWasSaid() {
        EngineRig rig = new EngineRig(64, OPTIONS);
        Prompt prompt = text(4, 30);
        GenerationHandle said = rig.submit(scored(prompt, 12));
        rig.runToIdle();
        List<Integer> answer = tokens(events(said));
        int[] longer = Arrays.copyOf(prompt.tokens(), 30 + answer.size());
        for (int i = 0; i < answer.size(); i++) {
            longer[30 + i] = answer.get(i);
        }
        GenerationHandle again = rig.submit(scored(new Prompt(longer, List.of()), 1));
        rig.runToIdle();

        List<Optional<TokenLogprobs>> whenSaid = events(said).stream()
                .filter(GenerationEvent.Token.class::isInstance)
                .map(event -> ((GenerationEvent.Token) event).logprobs())
                .toList();
        assertThat(again.promptLogprobs().subList(30, longer.length))
                .usingRecursiveFieldByFieldElementComparator()
                .isEqualTo(whenSaid);
    }

    @Test
    void anAnswerForWhichItsRulesLeaveNoTokenEnds() {
        EngineRig rig = new EngineRig(64, OPTIONS);
        TokenRules rules = TokenRules.of(Map.of(), Set.of(7, 8), List.of(List.of(8), List.of(7, 7, 7)));
        GenerationHandle handle = rig.submit(new GenerationRequest(
                "strict", text(1, 20), SamplingOptions.GREEDY.withRules(rules), new StopRule(20, 0, EngineRig.END)));
        rig.runToIdle();
        assertThat(tokens(events(handle))).containsExactly(7, 7);
        assertThat(events(handle).getLast())
                .isInstanceOfSatisfying(
                        GenerationEvent.Finished.class,
                        end -> assertThat(end.reason()).isEqualTo(FinishReason.STOP));
        assertThat(rig.loop.memory().usedBlocks()).isZero();
    }
}
