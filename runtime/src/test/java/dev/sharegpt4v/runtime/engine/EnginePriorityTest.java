package dev.sharegpt4v.runtime.engine;

import static dev.sharegpt4v.runtime.engine.EngineRig.alone;
import static dev.sharegpt4v.runtime.engine.EngineRig.events;
import static dev.sharegpt4v.runtime.engine.EngineRig.text;
import static dev.sharegpt4v.runtime.engine.EngineRig.tokens;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sharegpt4v.runtime.sampling.SamplingOptions;
import dev.sharegpt4v.runtime.testing.Continuation;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** Who goes first, and who has waited too long. */
final class EnginePriorityTest {

    private static final Continuation SEVEN = (prefix, vocabulary) -> 7;
    private static final Duration SECOND = Duration.ofSeconds(1);

    @Test
    void whoeverMattersMoreGoesFirstThoughItCameLater() {
        EngineRig rig = new EngineRig(64, new EngineOptions(1, 100, 32), SEVEN);
        rig.submit(request(1, 0));
        rig.step();
        GenerationHandle later = rig.submit(request(2, 5));
        GenerationHandle sooner = rig.submit(request(3, 0));
        while (events(sooner).isEmpty()) {
            rig.step();
        }
        assertThat(events(later)).isEmpty();
        rig.runToIdle();
        assertThat(tokens(events(later))).hasSize(10);
    }

    @Test
    void itTakesThePlaceOfOneThatMattersLessWhichLosesNothing() {
        EngineRig rig = new EngineRig(64, new EngineOptions(1, 100, 32));
        GenerationHandle low = rig.submit(request(1, 3));
        for (int i = 0; i < 4; i++) {
            rig.step();
        }
        GenerationHandle high = rig.submit(request(2, -1));
        rig.step();
        assertThat(tokens(events(high))).hasSize(1);
        assertThat(rig.recorder.preempted).isEqualTo(1);
        rig.runToIdle();

        assertThat(tokens(events(low))).isEqualTo(alone(text(1, 10), 10, Continuation.HASHED));
        assertThat(tokens(events(high))).isEqualTo(alone(text(2, 10), 10, Continuation.HASHED));
    }

    @Test
    void itTakesBlocksFromThoseWhoMatterLessWhenThereAreTooFew() {
        EngineRig rig = new EngineRig(6, new EngineOptions(4, 100, 64));
        GenerationHandle low = rig.submit(request(1, 60, 20, scheduling(3)));
        rig.step();
        GenerationHandle high = rig.submit(request(2, 60, 20, scheduling(0)));
        rig.step();
        assertThat(tokens(events(high))).hasSize(1);
        rig.runToIdle();
        assertThat(tokens(events(low))).isEqualTo(alone(text(1, 60), 20, Continuation.HASHED));
        assertThat(tokens(events(high))).isEqualTo(alone(text(2, 60), 20, Continuation.HASHED));
    }

    @Test
    void anEqualTakesNobodysPlace() {
        EngineRig rig = new EngineRig(64, new EngineOptions(1, 100, 32), SEVEN);
        GenerationHandle first = rig.submit(request(1, 0));
        rig.step();
        rig.submit(request(2, 0));
        rig.runToIdle();
        assertThat(rig.recorder.preempted).isZero();
        assertThat(tokens(events(first))).hasSize(10);
    }

    @Test
    void whoMattersLeastIsServedAtLastHoweverManyGoFirst() {
        EngineRig rig = new EngineRig(64, new EngineOptions(1, 5000, 32), SEVEN);
        GenerationHandle patient = rig.submit(request(1, 9));
        int others = 0;
        while (events(patient).size() < 10 && others < 5000) {
            rig.submit(request(others++, 10, 1, scheduling(0)));
            rig.step();
        }
        assertThat(others).isBetween(1000, 1200);
    }

    @Test
    void aPromptThatMattersLeastIsReadAtLastHoweverManyStartBesideIt() {
        EngineRig rig = new EngineRig(64, new EngineOptions(8, 5000, 32), SEVEN);
        GenerationHandle patient = rig.submit(request(1, 100, 1, scheduling(9)));
        int others = 0;
        while (events(patient).isEmpty() && others < 5000) {
            rig.submit(request(others++, 32, 1, scheduling(0)));
            rig.step();
        }
        assertThat(others).isBetween(900, 1200);
    }

    @Test
    void whoWaitedTooLongForItsFirstStepIsTold() {
        EngineRig rig = new EngineRig(64, new EngineOptions(1, 100, 32), SEVEN);
        GenerationHandle running = rig.submit(request(1, 0));
        rig.step();
        GenerationHandle waiting =
                rig.submit(request(2, 10, 10, new Scheduling(0, "", Optional.of(SECOND), Optional.empty())));
        rig.step();
        rig.pass(SECOND);
        rig.step();

        assertThat(events(waiting).getLast())
                .isInstanceOfSatisfying(
                        GenerationEvent.Failed.class,
                        failed -> assertThat(failed.cause()).isInstanceOf(EngineException.TimedOut.class));
        rig.runToIdle();
        assertThat(tokens(events(running))).hasSize(10);
    }

    @Test
    void whoseTimeIsOverKeepsWhatWasSaid() {
        EngineRig rig = new EngineRig(64, new EngineOptions(2, 100, 32), SEVEN);
        Scheduling limited = new Scheduling(0, "", Optional.empty(), Optional.of(SECOND));
        GenerationHandle handle = rig.submit(request(1, 10, 10, limited));
        rig.step();
        rig.step();
        rig.pass(SECOND);
        rig.step();

        List<GenerationEvent> events = events(handle);
        assertThat(tokens(events)).containsExactly(7, 7);
        assertThat(events.getLast())
                .isInstanceOfSatisfying(
                        GenerationEvent.Finished.class,
                        end -> assertThat(end.reason()).isEqualTo(FinishReason.TIMEOUT));
        assertThat(rig.loop.memory().usedBlocks()).isZero();
    }

    @Test
    void whatGoesRoundInCirclesIsEnded() {
        EngineRig rig = new EngineRig(64, new EngineOptions(2, 100, 32), SEVEN);
        StopRule rule = new StopRule(50, 0, EngineRig.END, Optional.of(new RepetitionRule(1, 4, 6)));
        GenerationHandle handle = rig.submit(new GenerationRequest("test", text(1, 10), SamplingOptions.GREEDY, rule));
        rig.runToIdle();

        assertThat(tokens(events(handle))).hasSize(6);
        assertThat(((GenerationEvent.Finished) events(handle).getLast()).reason())
                .isEqualTo(FinishReason.REPETITION);
    }

    private static GenerationRequest request(int seed, int priority) {
        return request(seed, 10, 10, scheduling(priority));
    }

    private static Scheduling scheduling(int priority) {
        return new Scheduling(priority, "", Optional.empty(), Optional.empty());
    }

    private static GenerationRequest request(int seed, int length, int maxTokens, Scheduling scheduling) {
        return new GenerationRequest(
                "test",
                text(seed, length),
                SamplingOptions.GREEDY,
                new StopRule(maxTokens, 0, EngineRig.END),
                scheduling,
                OptionalInt.empty());
    }
}
