package dev.sharegpt4v.runtime.engine;

import static dev.sharegpt4v.runtime.engine.EngineRig.alone;
import static dev.sharegpt4v.runtime.engine.EngineRig.request;
import static dev.sharegpt4v.runtime.engine.EngineRig.text;
import static dev.sharegpt4v.runtime.engine.EngineRig.tokens;
import static dev.sharegpt4v.runtime.engine.EngineRig.withImage;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sharegpt4v.runtime.execution.ContentHash;
import dev.sharegpt4v.runtime.execution.ImageInput;
import dev.sharegpt4v.runtime.execution.KvGeometry;
import dev.sharegpt4v.runtime.testing.Continuation;
import dev.sharegpt4v.runtime.testing.ScriptedEncoder;
import dev.sharegpt4v.runtime.testing.ScriptedExecutor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The engine with its threads. Steps and encodes wait for permits that the test gives. */
@Timeout(60) // Only to end a hang.
final class EngineTest {

    private static final int MANY = 1_000_000;

    private final Semaphore steps = new Semaphore(0);
    private final Semaphore encodes = new Semaphore(0);
    private final ScriptedExecutor executor = new ScriptedExecutor(
            ScriptedExecutor.shape(EngineRig.VOCABULARY, 256),
            new KvGeometry(10, 16),
            Continuation.HASHED,
            steps::acquireUninterruptibly);
    private final ScriptedEncoder encoder = new ScriptedEncoder(4, 4, encodes::acquireUninterruptibly);
    private final Engine engine = Engine.start(executor, encoder, new EngineOptions(2, 3, 32), EngineListener.NONE);

    @AfterEach
    void close() {
        steps.release(MANY);
        encodes.release(MANY);
        engine.close();
    }

    @Test
    void manyCallersGetTheirOwnAnswers() throws Exception {
        steps.release(MANY);
        encodes.release(MANY);
        List<Callable<List<Integer>>> callers = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            Prompt prompt = i % 2 == 0 ? text(i, 20) : withImage(i, ScriptedEncoder.image(i, 20), 3, 3);
            callers.add(() -> read(engine.submit(request(prompt, 40))));
        }
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<List<Integer>>> answers = threads.invokeAll(callers);
            for (int i = 0; i < 5; i++) {
                Prompt prompt = i % 2 == 0 ? text(i, 20) : withImage(i, ScriptedEncoder.image(i, 20), 3, 3);
                assertThat(answers.get(i).get()).isEqualTo(alone(prompt, 40, Continuation.HASHED));
            }
        }
    }

    @Test
    void aLongEncodeDoesNotHoldUpARunningStream() throws InterruptedException {
        steps.release(MANY);
        Generation shows = engine.submit(request(withImage(1, ScriptedEncoder.image(1, 20), 3, 3), 5));
        List<Integer> stream = read(engine.submit(request(text(2, 20), 40)));

        assertThat(stream).isEqualTo(alone(text(2, 20), 40, Continuation.HASHED));
        assertThat(encoder.batches()).isEmpty();
        encodes.release(MANY);
        assertThat(read(shows)).hasSize(5);
    }

    @Test
    void oneRequestMoreThanTheQueueHoldsIsRefusedAndFitsLater() throws InterruptedException {
        List<Generation> live = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            live.add(engine.submit(request(text(i, 5), 3)));
        }
        assertThatExceptionOfType(EngineException.QueueFull.class)
                .isThrownBy(() -> engine.submit(request(text(9, 5), 3)));
        steps.release(MANY);
        for (Generation generation : live) {
            read(generation);
        }
        assertThat(read(engine.submit(request(text(9, 5), 3)))).hasSize(3);
    }

    /** A request may come between the engine's last look and its end; it must not wait for ever. */
    @Test
    void whatComesWhileTheEngineEndsIsToldSo() throws Exception {
        for (int round = 0; round < 40; round++) {
            Engine ending = Engine.start(
                    new ScriptedExecutor(
                            ScriptedExecutor.shape(EngineRig.VOCABULARY, 256),
                            new KvGeometry(10, 16),
                            Continuation.HASHED,
                            () -> {}),
                    new ScriptedEncoder(4, 4, () -> {}),
                    new EngineOptions(2, 3, 32),
                    EngineListener.NONE);
            List<Generation> begun = new ArrayList<>();
            Thread caller = Thread.ofPlatform().start(() -> askUntilTheEnd(ending, begun));
            ending.close();
            caller.join();
            for (Generation generation : begun) {
                GenerationEvent event = generation.next();
                while (event instanceof GenerationEvent.Token) {
                    event = generation.next();
                }
                assertThat(event).isInstanceOfAny(GenerationEvent.Finished.class, GenerationEvent.Failed.class);
            }
        }
    }

    private static void askUntilTheEnd(Engine ending, List<Generation> begun) {
        while (true) {
            try {
                begun.add(ending.submit(request(text(1, 5), 3)));
            } catch (EngineException.QueueFull e) {
                Thread.onSpinWait();
            } catch (EngineException.ShuttingDown e) {
                return;
            }
        }
    }

    @Test
    void imagesOfLiveRequestsAreBoundedInBytesAndGivenBack() throws Exception {
        ImageInput image = ScriptedEncoder.image(1, 20);
        ImageInput large = new ImageInput(new ContentHash(20, 4), new float[3], new long[] {3}, 20);
        long one = (long) image.values().length * Float.BYTES;
        try (Engine small = Engine.start(
                new ScriptedExecutor(
                        ScriptedExecutor.shape(EngineRig.VOCABULARY, 256),
                        new KvGeometry(10, 16),
                        Continuation.HASHED,
                        steps::acquireUninterruptibly),
                new ScriptedEncoder(4, 4, () -> {}),
                new EngineOptions(4, 4, 32, 0, 0, true, 0, 2 * one),
                EngineListener.NONE)) {
            Generation first = small.submit(request(withImage(1, image, 3, 3), 2));
            assertThat(small.imageBytes()).isEqualTo(one);
            // One picture in memory, whoever asks about it.
            Generation again = small.submit(request(withImage(2, image, 3, 3), 2));
            assertThat(small.imageBytes()).isEqualTo(one);
            Generation second = small.submit(request(withImage(1, ScriptedEncoder.image(2, 20), 3, 3), 2));
            assertThat(small.imageBytes()).isEqualTo(2 * one);
            assertThatExceptionOfType(EngineException.QueueFull.class)
                    .isThrownBy(() -> small.submit(request(withImage(1, ScriptedEncoder.image(3, 20), 3, 3), 2)))
                    .withMessageContaining("images");
            assertThatExceptionOfType(EngineException.TooLong.class)
                    .isThrownBy(() -> small.submit(request(withImage(1, large, 3, 3), 2)))
                    .withMessageContaining("images");
            Generation words = small.submit(request(text(1, 5), 2));
            second.cancel();
            steps.release(MANY);
            read(first);
            read(again);
            read(words);
            assertThat(small.drain(Duration.ofSeconds(20))).isTrue();
            assertThat(small.imageBytes()).isZero();
        }
    }

    @Test
    void whatCanNeverFitIsRefusedWithItsNumbers() {
        assertThatExceptionOfType(EngineException.TooLong.class)
                .isThrownBy(() -> engine.submit(request(text(1, 256), 1)))
                .withMessageContaining("256");
        assertThatExceptionOfType(EngineException.TooLong.class)
                .isThrownBy(() -> engine.submit(request(text(1, 100), 61)))
                .withMessageContainingAll("161 positions", "11 blocks of 16", "160", "10 blocks");
    }

    @Test
    void whatDoesNotFitNowWaitsUntilItDoes() throws InterruptedException {
        Generation first = engine.submit(request(text(1, 100), 60));
        Generation second = engine.submit(request(text(2, 100), 60));
        steps.release(MANY);
        assertThat(read(first)).isEqualTo(alone(text(1, 100), 60, Continuation.HASHED));
        assertThat(read(second)).isEqualTo(alone(text(2, 100), 60, Continuation.HASHED));
        assertThat(engine.snapshot().usedBlocks()).isLessThanOrEqualTo(10);
    }

    @Test
    void drainingLetsTheRunningEndAndTakesNoMore() throws Exception {
        Generation running = engine.submit(request(text(1, 5), 3));
        assertThat(engine.drain(Duration.ofMillis(50))).isFalse();
        assertThatExceptionOfType(EngineException.ShuttingDown.class)
                .isThrownBy(() -> engine.submit(request(text(2, 5), 3)));
        steps.release(MANY);
        assertThat(engine.drain(Duration.ofSeconds(30))).isTrue();
        assertThat(read(running)).hasSize(3);
    }

    @Test
    void closingTellsWhoeverStillWaits() throws InterruptedException {
        Generation waiting = engine.submit(request(withImage(1, ScriptedEncoder.image(1, 20), 0, 3), 5));
        steps.release(MANY);
        encodes.release(MANY);
        engine.close();
        GenerationEvent event = waiting.next();
        while (event instanceof GenerationEvent.Token) {
            event = waiting.next();
        }
        assertThat(event).isNotInstanceOf(GenerationEvent.Token.class);
        assertThat(executor.isClosed()).isTrue();
    }

    @Test
    void aDefectInAStepIsToldAndTheEngineGoesOn() throws InterruptedException {
        executor.failNext(new IllegalStateException("a defect"));
        steps.release(MANY);
        Generation hit = engine.submit(request(text(1, 5), 3));
        assertThat(hit.next()).isInstanceOf(GenerationEvent.Failed.class);
        assertThat(read(engine.submit(request(text(2, 5), 3)))).hasSize(3);
    }

    private static List<Integer> read(Generation generation) throws InterruptedException {
        List<GenerationEvent> events = new ArrayList<>();
        do {
            events.add(generation.next());
        } while (events.getLast() instanceof GenerationEvent.Token);
        assertThat(events.getLast()).isInstanceOf(GenerationEvent.Finished.class);
        return tokens(events);
    }
}
