package dev.sharegpt4v.runtime.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sharegpt4v.runtime.accelerator.DeviceKvCache;
import dev.sharegpt4v.runtime.execution.ActivationType;
import dev.sharegpt4v.runtime.execution.ExecutionFailure;
import dev.sharegpt4v.runtime.execution.KvGeometry;
import dev.sharegpt4v.runtime.execution.ModelShape;
import dev.sharegpt4v.runtime.testing.Continuation;
import dev.sharegpt4v.runtime.testing.DeviceRig;
import dev.sharegpt4v.runtime.testing.FakeAccelerator;
import dev.sharegpt4v.runtime.testing.ScriptedEncoder;
import dev.sharegpt4v.runtime.testing.ScriptedExecutor;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The engine on a device whose memory, failures and captures a test holds: what is said is what would be said without. */
final class DeviceEngineTest {

    private static final ModelShape SHAPE = ScriptedExecutor.shape(EngineRig.VOCABULARY, 256);

    private record Submitted(Prompt prompt, int maxTokens, GenerationHandle handle) {}

    private final List<Submitted> all = new ArrayList<>();

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void captureBookkeepingHoldsOverThousandsOfStepsOfBatchesThatGrowAndShrink(int seed) {
        Random random = new Random(seed);
        int limit = seed % 2 == 0 ? 3 : 32;
        try (DeviceRig device = DeviceRig.of(SHAPE, new KvGeometry(120, 16), limit)) {
            EngineRig rig = new EngineRig(device.executor(), new EngineOptions(16, 1000, 60));
            for (int event = 0; event < 6000; event++) {
                boolean busy = event / 500 % 2 == 0;
                if (random.nextInt(busy ? 12 : 60) == 0
                        && rig.loop.scheduler().waiting().size() < 30) {
                    submit(rig, random);
                } else if (random.nextInt(6) == 0) {
                    rig.encode();
                } else {
                    sometimesFail(device, rig, random);
                    rig.step();
                }
            }
            rig.runToIdle();

            all.forEach(DeviceEngineTest::requireRight);
            assertThat(rig.recorder.finished + rig.recorder.failed).isEqualTo(all.size());
            assertThat(rig.recorder.failed).isLessThan(all.size() / 4);
            assertThat(rig.loop.memory().usedBlocks()).isZero();
            assertThat(device.graph().mostCaptures()).isLessThanOrEqualTo(limit).isGreaterThan(2);
            assertThat(device.graph().replays()).isGreaterThan(1000);
            assertThat(rig.loop.snapshot(0).healthy()).isTrue();
        }
    }

    private static void sometimesFail(DeviceRig device, EngineRig rig, Random random) {
        if (random.nextInt(2500) == 0) {
            // Few, since the bucket is never captured again.
            device.graph().failNextCapture(failure(ExecutionFailure.Kind.FATAL, "CUDA failure 901: x"));
        }
        switch (random.nextInt(300)) {
            case 0 -> device.graph().failNext(failure(ExecutionFailure.Kind.RETRYABLE, "busy"));
            case 1 -> device.graph().failNext(failure(ExecutionFailure.Kind.OUT_OF_MEMORY, "out of memory"));
            case 2 -> rig.encoder.failNext(failure(ExecutionFailure.Kind.RETRYABLE, "busy"));
            default -> {}
        }
    }

    @Test
    void withoutMemoryForALargeStepTheYoungestStepBackAndNobodyIsLost() {
        KvGeometry geometry = new KvGeometry(120, 16);
        long cache = DeviceKvCache.blockBytes(SHAPE, 16, ActivationType.FP16) * geometry.blocks();
        // Room for the logits of some six sequences.
        FakeAccelerator accelerator = new FakeAccelerator(cache + 20_000);
        try (DeviceRig device = DeviceRig.of(accelerator, SHAPE, geometry, 32)) {
            EngineRig rig = new EngineRig(device.executor(), new EngineOptions(16, 1000, 60));
            for (int i = 0; i < 12; i++) {
                submit(rig, EngineRig.text(i, 20), 30);
            }
            rig.runToIdle();

            all.forEach(DeviceEngineTest::requireRight);
            assertThat(rig.recorder.finished).isEqualTo(12);
            assertThat(rig.recorder.failed).isZero();
            assertThat(rig.recorder.preempted).isPositive();
        }
    }

    @Test
    void aLostDeviceMakesTheEngineUnhealthyAndEndsAllWithAnErrorOfItsOwn() {
        FakeAccelerator accelerator = new FakeAccelerator(Long.MAX_VALUE);
        try (DeviceRig device = DeviceRig.of(accelerator, SHAPE, new KvGeometry(120, 16), 32)) {
            EngineRig rig = new EngineRig(device.executor(), new EngineOptions(4, 1000, 60));
            for (int i = 0; i < 8; i++) {
                submit(rig, EngineRig.text(i, 20), 100);
            }
            for (int i = 0; i < 20; i++) {
                rig.step();
            }
            all.removeIf(submitted -> hasFinished(submitted.handle()));
            assertThat(all).hasSizeGreaterThan(4);
            accelerator.loseAfter(3);
            rig.runToIdle();

            assertThat(rig.loop.snapshot(0).healthy()).isFalse();
            requireAllFailed("an illegal memory access");
            assertThat(rig.loop.memory().usedBlocks()).isZero();
            submit(rig, EngineRig.text(9, 20), 100);
            assertThat(rig.step()).isFalse();
            assertThat(EngineRig.events(all.getLast().handle()))
                    .last()
                    .isInstanceOfSatisfying(
                            GenerationEvent.Failed.class,
                            failed -> assertThat(failed.cause()).isInstanceOf(EngineException.ShuttingDown.class));
        }
    }

    @Test
    void aDeviceThatIsLostWhileItEncodesIsLostForAll() {
        try (DeviceRig device = DeviceRig.of(SHAPE, new KvGeometry(120, 16), 32)) {
            EngineRig rig = new EngineRig(device.executor(), new EngineOptions(4, 1000, 60));
            submit(rig, EngineRig.text(1, 20), 100);
            rig.step();
            submit(rig, EngineRig.withImage(2, ScriptedEncoder.image(1, 20), 5, 5), 10);
            rig.step();
            rig.encoder.failNext(FakeAccelerator.loss());
            rig.encode();

            assertThat(rig.loop.snapshot(0).healthy()).isFalse();
            requireAllFailed("an illegal memory access");
        }
    }

    private static boolean hasFinished(GenerationHandle handle) {
        List<GenerationEvent> events = EngineRig.events(handle);
        return !events.isEmpty() && events.getLast() instanceof GenerationEvent.Finished;
    }

    private void requireAllFailed(String words) {
        assertThat(all)
                .allSatisfy(submitted -> assertThat(EngineRig.events(submitted.handle()))
                        .last()
                        .isInstanceOfSatisfying(
                                GenerationEvent.Failed.class,
                                failed -> assertThat(failed.cause())
                                        .isInstanceOf(EngineException.DeviceFailed.class)
                                        .hasMessageContaining(words)));
    }

    private void submit(EngineRig rig, Random random) {
        int number = random.nextInt(1000);
        Prompt prompt = random.nextInt(3) > 0
                ? EngineRig.text(number, 1 + random.nextInt(100))
                : EngineRig.withImage(
                        number,
                        ScriptedEncoder.image(random.nextInt(6), 20),
                        random.nextInt(20),
                        1 + random.nextInt(20));
        submit(rig, prompt, 1 + random.nextInt(100));
    }

    private void submit(EngineRig rig, Prompt prompt, int maxTokens) {
        all.add(new Submitted(prompt, maxTokens, rig.submit(EngineRig.request(prompt, maxTokens))));
    }

    private static ExecutionFailure failure(ExecutionFailure.Kind kind, String message) {
        return new ExecutionFailure(kind, message);
    }

    private static void requireRight(Submitted submitted) {
        EngineRig.requireRight(
                EngineRig.events(submitted.handle()),
                EngineRig.alone(submitted.prompt(), submitted.maxTokens(), Continuation.HASHED));
    }
}
