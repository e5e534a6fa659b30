package dev.sharegpt4v.runtime.engine;

import static dev.sharegpt4v.runtime.engine.EngineRig.alone;
import static dev.sharegpt4v.runtime.engine.EngineRig.events;
import static dev.sharegpt4v.runtime.engine.EngineRig.request;
import static dev.sharegpt4v.runtime.engine.EngineRig.text;
import static dev.sharegpt4v.runtime.engine.EngineRig.tokens;
import static dev.sharegpt4v.runtime.engine.EngineRig.withImage;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sharegpt4v.runtime.execution.ExecutionFailure;
import dev.sharegpt4v.runtime.execution.ForwardStep;
import dev.sharegpt4v.runtime.execution.ImageInput;
import dev.sharegpt4v.runtime.sampling.SamplingOptions;
import dev.sharegpt4v.runtime.testing.Continuation;
import dev.sharegpt4v.runtime.testing.ScriptedEncoder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** What is computed once is not computed again, and nobody notices but by the time it takes. */
final class EngineCacheTest {

    private static final EngineOptions OPTIONS = new EngineOptions(8, 100, 32);

    @Test
    void aSecondQuestionAboutAPictureRunsOnlyItsOwnWordsAndNoEncode() {
        EngineRig rig = new EngineRig(64, OPTIONS);
        ImageInput image = ScriptedEncoder.image(9, 90);
        Prompt first = question(image, 1);
        Prompt second = question(image, 2);
        rig.submit(request(first, 10));
        rig.runToIdle();
        int before = rig.executor.steps().size();
        GenerationHandle handle = rig.submit(request(second, 10));
        rig.runToIdle();

        assertThat(tokens(events(handle))).isEqualTo(alone(second, 10, Continuation.HASHED));
        assertThat(rig.encoder.batches()).hasSize(1);
        assertThat(rig.executor.steps().get(before).tokens())
                .as("words after the picture")
                .isEqualTo(12);
        assertThat(usage(handle)).isEqualTo(new Usage(112, 90, 100, 10));
        assertThat(rig.loop.snapshot(0).caches()).isEqualTo(new CacheUse(224, 100, 0, 1, 90 * 4 * 4, 90 * 4 * 4));
    }

    @Test
    void theSameQuestionAgainRunsItsLastWordOnly() {
        EngineRig rig = new EngineRig(64, OPTIONS);
        Prompt prompt = text(3, 48);
        rig.submit(request(prompt, 10));
        rig.runToIdle();
        int before = rig.executor.steps().size();
        GenerationHandle handle = rig.submit(request(prompt, 10));
        rig.runToIdle();

        assertThat(tokens(events(handle))).isEqualTo(alone(prompt, 10, Continuation.HASHED));
        assertThat(rig.executor.steps().get(before).tokens()).isEqualTo(1);
        assertThat(rig.executor.steps().get(before).copies()).hasSize(1);
        assertThat(usage(handle).cachedTokens()).isEqualTo(47);
    }

    @Test
    void theNextTurnOfAConversationFindsTheAnswerBeforeIt() {
        EngineRig rig = new EngineRig(64, OPTIONS);
        Prompt first = text(3, 40);
        GenerationHandle opening = rig.submit(request(first, 21));
        rig.runToIdle();
        List<Integer> said = tokens(events(opening));
        int[] words = Arrays.copyOf(first.tokens(), 40 + said.size() + 5);
        for (int i = 0; i < said.size(); i++) {
            words[40 + i] = said.get(i);
        }
        Arrays.fill(words, 40 + said.size(), words.length, 77);
        Prompt next = new Prompt(words, List.of());
        GenerationHandle handle = rig.submit(request(next, 10));
        rig.runToIdle();

        assertThat(tokens(events(handle))).isEqualTo(alone(next, 10, Continuation.HASHED));
        assertThat(usage(handle).cachedTokens())
                .as("all but the last word said")
                .isEqualTo(60);
    }

    @Test
    void completionsOfOnePromptComputeItOnceAndDifferByTheirSeeds() {
        EngineRig rig = new EngineRig(64, OPTIONS);
        ImageInput image = ScriptedEncoder.image(9, 40);
        Prompt prompt = question(image, 1);
        List<GenerationRequest> requests = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            SamplingOptions sampling = new SamplingOptions(1f, 0, 1f, 0f, 1f, 0f, 0f, OptionalLong.of(10 + i));
            requests.add(new GenerationRequest("n" + i, prompt, sampling, new StopRule(12, 0, EngineRig.END)));
        }
        List<GenerationHandle> handles = rig.submitAll(requests);
        rig.runToIdle();

        int prefilled = rig.executor.steps().stream()
                .flatMap(step -> step.slices().stream())
                .filter(slice -> slice.firstPosition() < prompt.length())
                .mapToInt(slice -> slice.tokens().length)
                .sum();
        assertThat(prefilled)
                .as("the prompt once, and its last word for each other")
                .isEqualTo(prompt.length() + 3);
        assertThat(handles.stream().map(handle -> tokens(events(handle))).distinct())
                .hasSize(4);
        for (int i = 0; i < 4; i++) {
            EngineRig single = new EngineRig(64, OPTIONS);
            GenerationHandle same = single.submit(requests.get(i));
            single.runToIdle();
            assertThat(tokens(events(handles.get(i)))).as("as if alone").isEqualTo(tokens(events(same)));
        }
        assertThat(rig.loop.memory().usedBlocks()).isZero();
    }

    @Test
    void equalPicturesOfRequestsAtTheSameTimeAreComputedOnce() {
        EngineRig rig = new EngineRig(64, OPTIONS);
        ImageInput image = ScriptedEncoder.image(9, 90);
        List<Prompt> prompts = List.of(question(image, 1), question(image, 2), question(image, 3));
        List<GenerationHandle> handles =
                prompts.stream().map(prompt -> rig.submit(request(prompt, 10))).toList();
        rig.runToIdle();

        int run = rig.executor.steps().stream().mapToInt(ForwardStep::tokens).sum();
        assertThat(run).isLessThan(112 + 2 * 28 + 3 * 10);
        for (int i = 0; i < 3; i++) {
            assertThat(tokens(events(handles.get(i)))).isEqualTo(alone(prompts.get(i), 10, Continuation.HASHED));
        }
    }

    @Test
    void thoseOfOtherSaltsShareNothing() {
        EngineRig rig = new EngineRig(64, OPTIONS);
        Prompt prompt = text(3, 48);
        rig.submit(salted(prompt, "a"));
        rig.runToIdle();
        GenerationHandle other = rig.submit(salted(prompt, "b"));
        GenerationHandle same = rig.submit(salted(prompt, "a"));
        rig.runToIdle();

        assertThat(usage(other).cachedTokens()).isZero();
        assertThat(usage(same).cachedTokens()).isEqualTo(47);
    }

    @Test
    void withoutTheCacheEverythingIsComputedAndTheTextIsTheSame() {
        EngineRig rig = new EngineRig(64, new EngineOptions(8, 100, 32, 0, 0, false, 0));
        Prompt prompt = question(ScriptedEncoder.image(9, 40), 1);
        rig.submit(request(prompt, 10));
        rig.runToIdle();
        GenerationHandle again = rig.submit(request(prompt, 10));
        rig.runToIdle();

        assertThat(tokens(events(again))).isEqualTo(alone(prompt, 10, Continuation.HASHED));
        assertThat(usage(again).cachedTokens()).isZero();
        assertThat(rig.encoder.batches()).hasSize(2);
        assertThat(rig.loop.snapshot(0).cachedBlocks()).isZero();
        assertThat(rig.loop.snapshot(0).caches().featureBytes()).isZero();
    }

    @Test
    void aPictureWhoseKeysAndValuesWereEvictedNeedsNoEncodeWhileItsFeaturesAreThere() {
        EngineRig rig = new EngineRig(10, OPTIONS);
        Prompt prompt = question(ScriptedEncoder.image(9, 60), 1);
        rig.submit(request(prompt, 5));
        rig.runToIdle();
        rig.submit(request(text(5, 150), 5));
        rig.runToIdle();
        GenerationHandle again = rig.submit(request(prompt, 5));
        rig.runToIdle();

        assertThat(tokens(events(again))).isEqualTo(alone(prompt, 5, Continuation.HASHED));
        assertThat(usage(again).cachedTokens()).isLessThan(10);
        assertThat(rig.encoder.batches()).hasSize(1);
    }

    @Test
    void featuresAreKeptWithinTheirLimitTheLatestLongest() {
        long two = 2 * 20 * 4 * 4;
        EngineRig rig = new EngineRig(64, new EngineOptions(8, 100, 32, 0, 0, false, two));
        for (int number : new int[] {1, 2, 3, 2, 1}) {
            rig.submit(request(question(ScriptedEncoder.image(number, 20), number), 3));
            rig.runToIdle();
            assertThat(rig.loop.snapshot(0).caches().featureBytes()).isLessThanOrEqualTo(two);
        }
        assertThat(rig.encoder.batches().stream()
                        .map(batch -> batch.getFirst().hash().low()))
                .as("the second 2 was there, the second 1 was not")
                .containsExactly(1L, 2L, 3L, 1L);
    }

    @Test
    void noMorePicturesArePreparedAheadThanThereIsRoomFor() {
        long one = 20 * 4 * 4;
        EngineRig rig = new EngineRig(4, new EngineOptions(2, 100, 32, 0, 0, true, 2 * one));
        for (int number = 0; number < 12; number++) {
            rig.submit(request(withImage(number, ScriptedEncoder.image(number, 20), 4, 5), 20));
        }
        rig.step();
        assertThat(rig.encodes.size()).isBetween(2, 4);
        rig.runToIdle();
        assertThat(rig.recorder.finished).isEqualTo(12);
    }

    @Test
    void whatAFaultyStepLeftBehindIsFoundByNobody() {
        boolean[] faulty = {true};
        Continuation once = (prefix, vocabulary) -> faulty[0] ? -1 : Continuation.HASHED.next(prefix, vocabulary);
        EngineRig rig = new EngineRig(64, OPTIONS, once);
        Prompt prompt = text(3, 48);
        rig.submit(request(prompt, 10));
        rig.runToIdle();
        faulty[0] = false;
        GenerationHandle again = rig.submit(request(prompt, 10));
        rig.runToIdle();

        assertThat(usage(again).cachedTokens()).isZero();
        assertThat(tokens(events(again))).isEqualTo(alone(prompt, 10, Continuation.HASHED));
    }

    @Test
    void whoWasPreemptedFindsItsOwnBlocksAgain() {
        EngineRig rig = new EngineRig(64, OPTIONS);
        GenerationHandle elder = rig.submit(request(text(1, 10), 30));
        GenerationHandle younger = rig.submit(request(text(2, 40), 30));
        for (int i = 0; i < 6; i++) {
            rig.step();
        }
        rig.executor.failNext(new ExecutionFailure(ExecutionFailure.Kind.OUT_OF_MEMORY, "full"));
        rig.runToIdle();

        assertThat(tokens(events(elder))).isEqualTo(alone(text(1, 10), 30, Continuation.HASHED));
        assertThat(tokens(events(younger))).isEqualTo(alone(text(2, 40), 30, Continuation.HASHED));
        assertThat(usage(younger).cachedTokens())
                .as("its own blocks are no cache hit")
                .isZero();
        int run = rig.executor.steps().stream().mapToInt(ForwardStep::tokens).sum();
        assertThat(run).isLessThan(10 + 40 + 60 + 8);
    }

    static Prompt question(ImageInput image, int number) {
        int[] tokens = new int[10 + image.featureRows() + 12];
        Arrays.fill(tokens, 5);
        Arrays.fill(tokens, 10, 10 + image.featureRows(), Prompt.IMAGE_PLACEHOLDER);
        for (int i = 10 + image.featureRows(); i < tokens.length; i++) {
            tokens[i] = 100 * number + i;
        }
        return new Prompt(tokens, List.of(new ImageSpan(10, image)));
    }

    private static GenerationRequest salted(Prompt prompt, String salt) {
        return new GenerationRequest(
                "test",
                prompt,
                SamplingOptions.GREEDY,
                new StopRule(5, 0, EngineRig.END),
                new Scheduling(0, salt, Optional.empty(), Optional.empty()),
                OptionalInt.empty());
    }

    private static Usage usage(GenerationHandle handle) {
        return ((GenerationEvent.Finished) events(handle).getLast()).usage();
    }
}
