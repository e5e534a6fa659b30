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
import dev.sharegpt4v.runtime.execution.SequenceSlice;
import dev.sharegpt4v.runtime.sampling.SamplingOptions;
import dev.sharegpt4v.runtime.testing.Continuation;
import dev.sharegpt4v.runtime.testing.ScriptedEncoder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class EngineLoopTest {

    private static final EngineOptions OPTIONS = new EngineOptions(8, 100, 32);

    /** Says 7 forever. */
    private static final Continuation SEVEN = (prefix, vocabulary) -> 7;

    @Test
    void aRequestGetsWhatTheModelSaysOnePositionAfterTheOther() {
        EngineRig rig = new EngineRig(32, OPTIONS);
        Prompt prompt = text(1, 5);
        GenerationHandle handle = rig.submit(request(prompt, 20));
        rig.runToIdle();

        List<GenerationEvent> events = events(handle);
        assertThat(tokens(events)).isEqualTo(alone(prompt, 20, Continuation.HASHED));
        assertThat(events.getLast()).isInstanceOfSatisfying(GenerationEvent.Finished.class, end -> {
            assertThat(end.reason()).isEqualTo(FinishReason.LENGTH);
            assertThat(end.usage()).isEqualTo(new Usage(5, 0, 0, 20));
        });
        assertThat(rig.loop.memory().usedBlocks()).isZero();
    }

    @Test
    void requestsThatShareStepsGetWhatEachWouldGetAlone() {
        EngineRig rig = new EngineRig(128, OPTIONS);
        List<Prompt> prompts = new ArrayList<>();
        List<GenerationHandle> handles = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            ImageInput image = ScriptedEncoder.image(i / 2, 20 + i / 2);
            prompts.add(i % 3 == 0 ? text(i, 3 + 9 * i) : withImage(i, image, 4, 5));
            handles.add(rig.submit(request(prompts.get(i), 25)));
        }
        rig.runToIdle();

        for (int i = 0; i < 8; i++) {
            assertThat(tokens(events(handles.get(i)))).isEqualTo(alone(prompts.get(i), 25, Continuation.HASHED));
        }
        assertThat(rig.executor.steps()).anyMatch(step -> step.slices().size() >= 6);
    }

    @Test
    void theTimeBetweenTokensIsToldForEachStepAfterTheFirst() {
        EngineRig rig = new EngineRig(64, OPTIONS, SEVEN);
        rig.pass(Duration.ofMillis(5));
        rig.submit(request(text(1, 4), 3));
        rig.step();
        assertThat(rig.recorder.gaps).isEmpty();
        rig.pass(Duration.ofMillis(20));
        rig.step();
        rig.pass(Duration.ofMillis(30));
        rig.step();
        assertThat(rig.recorder.gaps).containsExactly(20_000_001L, 30_000_001L);
    }

    @Test
    void aLongPromptIsCutIntoChunksWhileAStreamGoesOnInEveryStep() {
        EngineRig rig = new EngineRig(64, OPTIONS, SEVEN);
        rig.submit(request(text(1, 4), 100));
        rig.step();
        Prompt longOne = text(2, 200);
        rig.submit(request(longOne, 3));
        for (int i = 0; i < 7; i++) {
            rig.step();
        }

        List<ForwardStep> steps = rig.executor.steps().subList(1, 8);
        assertThat(steps).allSatisfy(step -> {
            assertThat(step.tokens()).isLessThanOrEqualTo(32);
            assertThat(step.slices().getFirst().tokens()).as("the stream").hasSize(1);
        });
        assertThat(steps.stream().map(step -> step.slices().getLast().tokens().length))
                .containsExactly(31, 31, 31, 31, 31, 31, 14);
        assertThat(steps.stream().map(step -> step.slices().getLast().logitRows().length))
                .as("only the last chunk asks for logits")
                .containsExactly(0, 0, 0, 0, 0, 0, 1);
    }

    @Test
    void anImageIsSplicedAcrossChunksRowByRow() {
        EngineRig rig = new EngineRig(64, OPTIONS);
        Prompt prompt = withImage(3, ScriptedEncoder.image(9, 90), 10, 7);
        GenerationHandle handle = rig.submit(request(prompt, 10));
        rig.runToIdle();

        assertThat(tokens(events(handle))).isEqualTo(alone(prompt, 10, Continuation.HASHED));
        assertThat(rig.executor.steps().size()).isGreaterThan(12);
    }

    @Test
    void textBeforeAnImageRunsWhileTheImageIsEncoded() {
        EngineRig rig = new EngineRig(64, OPTIONS);
        rig.submit(request(withImage(3, ScriptedEncoder.image(9, 20), 10, 7), 10));
        assertThat(rig.step()).isTrue();
        assertThat(rig.step()).as("nothing more can run").isFalse();
        assertThat(rig.executor.steps().getFirst().tokens()).isEqualTo(10);
        rig.encode();
        assertThat(rig.step()).isTrue();
    }

    @Test
    void oneImageThatTwoRequestsShowIsEncodedOnce() {
        EngineRig rig = new EngineRig(64, OPTIONS);
        ImageInput image = ScriptedEncoder.image(9, 20);
        rig.submit(request(withImage(3, image, 10, 7), 10));
        rig.submit(request(withImage(4, image, 2, 7), 10));
        rig.runToIdle();

        assertThat(rig.encoder.batches()).containsExactly(List.of(image));
        assertThat(rig.recorder.finished).isEqualTo(2);
    }

    @Test
    void aFailingEncodeFailsOnlyThoseWhoShowItsImages() {
        EngineRig rig = new EngineRig(64, OPTIONS);
        GenerationHandle shows = rig.submit(request(withImage(3, ScriptedEncoder.image(9, 20), 10, 7), 10));
        GenerationHandle text = rig.submit(request(text(4, 6), 10));
        rig.encoder.failNext(new ExecutionFailure(ExecutionFailure.Kind.RETRYABLE, "no"));
        rig.runToIdle();

        assertThat(events(shows).getLast()).isInstanceOf(GenerationEvent.Failed.class);
        assertThat(events(text).getLast()).isInstanceOf(GenerationEvent.Finished.class);
        assertThat(rig.loop.memory().usedBlocks()).isZero();
    }

    @Test
    void anEndTokenEndsTheAnswerAndIsReported() {
        Continuation threeThenEnd = (prefix, vocabulary) -> prefix.length < 8 ? 3 : 2;
        EngineRig rig = new EngineRig(64, OPTIONS, threeThenEnd);
        GenerationHandle handle = rig.submit(request(text(1, 5), 50));
        rig.runToIdle();

        List<GenerationEvent> events = events(handle);
        assertThat(tokens(events)).containsExactly(3, 3, 3, 2);
        assertThat(((GenerationEvent.Finished) events.getLast()).reason()).isEqualTo(FinishReason.STOP);
    }

    @Test
    void anEndTokenIsNotSampledBeforeTheLeastLength() {
        EngineRig rig = new EngineRig(64, OPTIONS, (prefix, vocabulary) -> 2);
        StopRule rule = new StopRule(10, 4, Set.of(2));
        GenerationHandle handle = rig.submit(new GenerationRequest("test", text(1, 5), SamplingOptions.GREEDY, rule));
        rig.runToIdle();

        List<Integer> tokens = tokens(events(handle));
        assertThat(tokens).hasSize(5).endsWith(2);
        assertThat(tokens.subList(0, 4)).doesNotContain(2);
    }

    @Test
    void theEndOfTheContextEndsTheAnswer() {
        EngineRig rig = new EngineRig(64, OPTIONS, SEVEN);
        GenerationHandle handle = rig.submit(request(text(1, 250), 100));
        rig.runToIdle();

        assertThat(tokens(events(handle))).hasSize(6);
    }

    @Test
    void cancellingFreesTheBlocksAtOnce() {
        EngineRig rig = new EngineRig(64, OPTIONS, SEVEN);
        GenerationHandle running = rig.submit(request(text(1, 40), 100));
        rig.step();
        rig.step();
        rig.step();
        assertThat(rig.loop.memory().usedBlocks()).isEqualTo(3);
        running.cancel();

        assertThat(rig.loop.memory().usedBlocks()).isZero();
        List<GenerationEvent> events = events(running);
        assertThat(((GenerationEvent.Finished) events.getLast()).reason()).isEqualTo(FinishReason.CANCELLED);
        running.cancel();
        assertThat(rig.step()).isFalse();
    }

    @Test
    void aStepThatFailsOnceIsRunAgainAndNobodyNotices() {
        EngineRig rig = new EngineRig(64, OPTIONS);
        Prompt prompt = text(1, 20);
        GenerationHandle handle = rig.submit(request(prompt, 12));
        for (int i = 0; i < 5; i++) {
            rig.executor.failNext(new ExecutionFailure(ExecutionFailure.Kind.RETRYABLE, "again"));
            rig.step();
        }
        rig.runToIdle();

        assertThat(tokens(events(handle))).isEqualTo(alone(prompt, 12, Continuation.HASHED));
    }

    @Test
    void aStepThatKeepsFailingFailsItsRequestsAndNoOthers() {
        EngineRig rig = new EngineRig(64, OPTIONS);
        GenerationHandle hit = rig.submit(request(text(1, 32), 12));
        for (int i = 0; i < 3; i++) {
            rig.executor.failNext(new ExecutionFailure(ExecutionFailure.Kind.RETRYABLE, "again"));
        }
        rig.step();
        GenerationHandle later = rig.submit(request(text(2, 5), 12));
        rig.runToIdle();

        assertThat(events(hit).getLast()).isInstanceOf(GenerationEvent.Failed.class);
        assertThat(tokens(events(later))).isEqualTo(alone(text(2, 5), 12, Continuation.HASHED));
        assertThat(rig.loop.memory().usedBlocks()).isZero();
    }

    @Test
    void whenTheDeviceRunsOutOfMemoryTheYoungestStepsBackAndLosesNoToken() {
        EngineRig rig = new EngineRig(64, OPTIONS);
        GenerationHandle elder = rig.submit(request(text(1, 10), 30));
        GenerationHandle younger = rig.submit(request(text(2, 10), 30));
        for (int i = 0; i < 6; i++) {
            rig.step();
        }
        rig.executor.failNext(new ExecutionFailure(ExecutionFailure.Kind.OUT_OF_MEMORY, "full"));
        rig.step();
        assertThat(rig.loop.scheduler().running()).hasSize(1);
        rig.runToIdle();

        assertThat(rig.recorder.preempted).isEqualTo(1);
        assertThat(tokens(events(elder))).isEqualTo(alone(text(1, 10), 30, Continuation.HASHED));
        assertThat(tokens(events(younger))).isEqualTo(alone(text(2, 10), 30, Continuation.HASHED));
    }

    @Test
    void whenBlocksRunOutTheYoungestIsComputedAgainLater() {
        EngineRig rig = new EngineRig(6, OPTIONS);
        List<GenerationHandle> handles = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            handles.add(rig.submit(request(text(i, 10), 60)));
        }
        rig.runToIdle();

        assertThat(rig.recorder.preempted).isPositive();
        for (int i = 0; i < 4; i++) {
            assertThat(tokens(events(handles.get(i)))).isEqualTo(alone(text(i, 10), 60, Continuation.HASHED));
        }
    }

    @Test
    void aFatalFailureTellsEverybodyAndTakesNoMore() {
        EngineRig rig = new EngineRig(64, OPTIONS);
        GenerationHandle running = rig.submit(request(text(1, 10), 30));
        GenerationHandle waiting = rig.submit(request(withImage(2, ScriptedEncoder.image(1, 20), 0, 4), 30));
        rig.executor.failNext(new ExecutionFailure(ExecutionFailure.Kind.FATAL, "gone"));
        rig.step();
        GenerationHandle late = rig.submit(request(text(3, 10), 30));

        assertThat(List.of(running, waiting, late))
                .allSatisfy(handle -> assertThat(events(handle).getLast()).isInstanceOf(GenerationEvent.Failed.class));
        assertThat(rig.loop.snapshot(0).healthy()).isFalse();
        assertThat(rig.loop.memory().usedBlocks()).isZero();
    }

    @Test
    void logitsThatAreNoNumbersFailOnlyTheirOwnRequest() {
        Continuation poisoned = (prefix, vocabulary) ->
                prefix[0] == 34 && prefix.length == 12 ? -1 : Continuation.HASHED.next(prefix, vocabulary);
        EngineRig rig = new EngineRig(64, OPTIONS, poisoned);
        GenerationHandle hit = rig.submit(request(text(1, 10), 30));
        GenerationHandle other = rig.submit(request(text(2, 10), 30));
        rig.runToIdle();

        assertThat(text(1, 10).tokens()[0]).isEqualTo(34);
        assertThat(tokens(events(hit))).hasSize(2);
        assertThat(tokens(events(other))).isEqualTo(alone(text(2, 10), 30, Continuation.HASHED));
    }

    @Test
    void aLargeRequestIsOvertakenOnlyALimitedNumberOfTimes() {
        EngineRig rig = new EngineRig(8, OPTIONS, SEVEN);
        for (int i = 0; i < 3; i++) {
            rig.submit(request(text(i, 10), 20));
        }
        rig.step();
        GenerationHandle large = rig.submit(request(text(9, 100), 5));
        int small = 0;
        while (events(large).isEmpty() && small < 1000) {
            rig.submit(request(text(small++, 10), 20));
            rig.step();
        }
        assertThat(small).isLessThan(200);
    }

    @Test
    void everySliceNamesItsBlocksAndPositions() {
        EngineRig rig = new EngineRig(64, OPTIONS);
        rig.submit(request(text(1, 40), 3));
        rig.runToIdle();

        List<SequenceSlice> slices = rig.executor.steps().stream()
                .map(step -> step.slices().getFirst())
                .toList();
        assertThat(slices.stream().map(SequenceSlice::firstPosition)).containsExactly(0, 32, 40, 41);
        assertThat(slices.stream().map(slice -> slice.blocks().length)).containsExactly(2, 3, 3, 3);
    }
}
