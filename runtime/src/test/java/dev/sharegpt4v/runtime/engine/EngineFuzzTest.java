package dev.sharegpt4v.runtime.engine;

import static dev.sharegpt4v.runtime.engine.EngineRig.alone;
import static dev.sharegpt4v.runtime.engine.EngineRig.events;
import static dev.sharegpt4v.runtime.engine.EngineRig.request;
import static dev.sharegpt4v.runtime.engine.EngineRig.text;
import static dev.sharegpt4v.runtime.engine.EngineRig.withImage;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sharegpt4v.runtime.execution.ExecutionFailure;
import dev.sharegpt4v.runtime.testing.Continuation;
import dev.sharegpt4v.runtime.testing.ScriptedEncoder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random lives of an engine with a tiny pool: arrivals, hang-ups, failures, in any order. */
final class EngineFuzzTest {

    private record Submitted(Prompt prompt, int maxTokens, GenerationHandle handle) {}

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void nothingIsLostRepeatedOrLeakedWhateverHappens(int seed) {
        Random random = new Random(seed);
        EngineOptions options = new EngineOptions(1 + random.nextInt(8), 1000, 8 + random.nextInt(40));
        EngineRig rig = new EngineRig(14 + random.nextInt(20), options);
        List<Submitted> all = new ArrayList<>();
        for (int event = 0; event < 3000; event++) {
            switch (random.nextInt(12)) {
                case 0 -> all.add(submit(rig, random));
                case 1 -> rig.encode();
                case 2 -> {
                    if (!all.isEmpty() && random.nextInt(4) == 0) {
                        all.get(random.nextInt(all.size())).handle().cancel();
                    }
                }
                case 3 -> sometimesFail(rig, random);
                default -> rig.step();
            }
            EngineInvariants.check(rig.loop);
        }
        rig.runToIdle();

        assertThat(rig.loop.memory().usedBlocks()).isZero();
        assertThat(rig.loop.scheduler().waiting()).isEmpty();
        assertThat(rig.encodes.size()).isZero();
        assertThat(rig.recorder.finished + rig.recorder.failed).isEqualTo(all.size());
        assertThat(rig.recorder.preempted).isPositive();
        all.forEach(EngineFuzzTest::requireRight);
    }

    private static Submitted submit(EngineRig rig, Random random) {
        int number = random.nextInt(1000);
        Prompt prompt = random.nextBoolean()
                ? text(number, 1 + random.nextInt(60))
                : withImage(
                        number,
                        ScriptedEncoder.image(random.nextInt(6), 20),
                        random.nextInt(20),
                        1 + random.nextInt(20));
        int maxTokens = 1 + random.nextInt(60);
        return new Submitted(prompt, maxTokens, rig.submit(request(prompt, maxTokens)));
    }

    private static void sometimesFail(EngineRig rig, Random random) {
        switch (random.nextInt(12)) {
            case 0, 1 -> rig.executor.failNext(failure(ExecutionFailure.Kind.RETRYABLE));
            case 2 -> rig.executor.failNext(failure(ExecutionFailure.Kind.OUT_OF_MEMORY));
            case 3 -> rig.encoder.failNext(failure(ExecutionFailure.Kind.RETRYABLE));
            default -> {}
        }
    }

    private static ExecutionFailure failure(ExecutionFailure.Kind kind) {
        return new ExecutionFailure(kind, "fuzz");
    }

    private static void requireRight(Submitted submitted) {
        EngineRig.requireRight(
                events(submitted.handle()), alone(submitted.prompt(), submitted.maxTokens(), Continuation.HASHED));
    }
}
