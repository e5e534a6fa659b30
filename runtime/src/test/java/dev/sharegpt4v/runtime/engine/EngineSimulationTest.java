package dev.sharegpt4v.runtime.engine;

import static dev.sharegpt4v.runtime.engine.EngineRig.alone;
import static dev.sharegpt4v.runtime.engine.EngineRig.events;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sharegpt4v.runtime.execution.ExecutionFailure;
import dev.sharegpt4v.runtime.execution.ImageInput;
import dev.sharegpt4v.runtime.sampling.SamplingOptions;
import dev.sharegpt4v.runtime.testing.ScriptedEncoder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * 100,000 events in the life of an engine whose pool is tiny: arrivals that share words and pictures, of all priorities, with
 * deadlines, in groups; hang-ups, failures, time. Nobody is lost, starved or told something wrong, and nothing leaks.
 */
final class EngineSimulationTest {

    private static final int EVENTS = 25_000;

    private record Submitted(GenerationRequest request, GenerationHandle handle) {}

    private final List<Submitted> open = new ArrayList<>();
    private int checked;
    private int whole;

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void nobodyIsLostStarvedOrToldSomethingWrongAndNothingLeaks(int seed) {
        Random random = new Random(seed);
        EngineOptions options = new EngineOptions(
                1 + random.nextInt(8),
                1000,
                8 + random.nextInt(40),
                seed % 2 == 0 ? 2.5 : 0,
                seed % 3 + 1,
                seed != 3,
                random.nextInt(4) * 400L);
        EngineRig rig = new EngineRig(14 + random.nextInt(20), options, SpeculationTest.PHRASES);
        for (int event = 0; event < EVENTS; event++) {
            happen(rig, random);
            EngineInvariants.check(rig.loop);
            rig.loop
                    .scheduler()
                    .waiting()
                    .forEach(sequence ->
                            assertThat(sequence.overtaken()).as("starvation").isLessThan(2 * Sequence.PATIENCE));
            if (event % 500 == 0) {
                settle();
            }
        }
        rig.runToIdle();
        settle();

        assertThat(open).isEmpty();
        assertThat(checked).isEqualTo(rig.recorder.finished + rig.recorder.failed);
        assertThat(whole).isGreaterThan(checked / 2);
        assertThat(rig.loop.memory().usedBlocks()).isZero();
        assertThat(rig.loop.memory().freeBlocks()).isEqualTo(rig.loop.memory().totalBlocks());
        assertThat(rig.encodes.size()).isZero();
        assertThat(rig.loop.snapshot(0).caches().featureBytes()).isLessThanOrEqualTo(options.featureBytes());
        assertThat(rig.recorder.preempted).isPositive();
        assertThat(rig.loop.snapshot(0).guesses().accepted()).isPositive();
        assertThat(rig.loop.snapshot(0).caches().cachedTokens() > 0).isEqualTo(options.prefixCaching());
    }

    private void happen(EngineRig rig, Random random) {
        switch (random.nextInt(16)) {
            case 0 -> arrive(rig, random);
            case 1, 2 -> rig.encode();
            case 3 -> {
                if (!open.isEmpty() && random.nextInt(6) == 0) {
                    open.get(random.nextInt(open.size())).handle().cancel();
                }
            }
            case 4 -> sometimesFail(rig, random);
            case 5 -> rig.pass(Duration.ofMillis(random.nextInt(20)));
            default -> rig.step();
        }
    }

    private void arrive(EngineRig rig, Random random) {
        if (rig.loop.scheduler().waiting().size() > 60) {
            return;
        }
        Prompt prompt = prompt(random);
        int maxTokens = 1 + random.nextInt(60);
        Scheduling scheduling = new Scheduling(
                random.nextInt(4) == 0 ? random.nextInt(3) - 1 : 0,
                random.nextInt(10) == 0 ? "salt" : "",
                random.nextInt(20) == 0 ? Optional.of(Duration.ofMillis(100)) : Optional.empty(),
                random.nextInt(20) == 0 ? Optional.of(Duration.ofMillis(400)) : Optional.empty());
        List<GenerationRequest> requests = new ArrayList<>();
        int group = random.nextInt(6) == 0 ? 1 + random.nextInt(4) : 1;
        for (int i = 0; i < group; i++) {
            requests.add(new GenerationRequest(
                    "test",
                    prompt,
                    SamplingOptions.GREEDY,
                    new StopRule(maxTokens, 0, EngineRig.END),
                    scheduling,
                    OptionalInt.empty()));
        }
        List<GenerationHandle> handles = rig.submitAll(requests);
        for (int i = 0; i < group; i++) {
            open.add(new Submitted(requests.get(i), handles.get(i)));
        }
    }

    /** Prompts that begin alike, differ here and there, and may show one of a few pictures. */
    private static Prompt prompt(Random random) {
        int before = 1 + random.nextInt(40);
        int after = 1 + random.nextInt(20);
        boolean shows = random.nextBoolean();
        ImageInput image = ScriptedEncoder.image(random.nextInt(6), 20);
        int rows = shows ? image.featureRows() : 0;
        int[] tokens = new int[before + rows + after];
        int kind = random.nextInt(3);
        for (int i = 0; i < tokens.length; i++) {
            tokens[i] = 3 + (kind * 71 + i * 17) % 480;
        }
        tokens[random.nextInt(before)] = 3 + random.nextInt(4);
        tokens[tokens.length - 1] = 3 + random.nextInt(400);
        if (!shows) {
            return new Prompt(tokens, List.of());
        }
        Arrays.fill(tokens, before, before + rows, Prompt.IMAGE_PLACEHOLDER);
        return new Prompt(tokens, List.of(new ImageSpan(before, image)));
    }

    private static void sometimesFail(EngineRig rig, Random random) {
        switch (random.nextInt(16)) {
            case 0, 1 -> rig.executor.failNext(failure(ExecutionFailure.Kind.RETRYABLE));
            case 2 -> rig.executor.failNext(failure(ExecutionFailure.Kind.OUT_OF_MEMORY));
            case 3 -> rig.encoder.failNext(failure(ExecutionFailure.Kind.RETRYABLE));
            default -> {}
        }
    }

    private static ExecutionFailure failure(ExecutionFailure.Kind kind) {
        return new ExecutionFailure(kind, "simulated");
    }

    /** Checks and forgets those who have ended. */
    private void settle() {
        open.removeIf(submitted -> {
            List<GenerationEvent> events = events(submitted.handle());
            if (events.isEmpty() || events.getLast() instanceof GenerationEvent.Token) {
                return false;
            }
            List<Integer> expected = alone(
                    submitted.request().prompt(), submitted.request().stop().maxTokens(), SpeculationTest.PHRASES);
            whole += EngineRig.requireRight(events, expected) ? 1 : 0;
            checked++;
            return true;
        });
    }
}
