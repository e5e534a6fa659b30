package dev.sharegpt4v.runtime.engine;

import static dev.sharegpt4v.runtime.engine.EngineRig.request;
import static dev.sharegpt4v.runtime.engine.EngineRig.withImage;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sharegpt4v.runtime.execution.ExecutionFailure;
import dev.sharegpt4v.runtime.execution.ImageFeatures;
import dev.sharegpt4v.runtime.execution.ImageInput;
import dev.sharegpt4v.runtime.execution.KvGeometry;
import dev.sharegpt4v.runtime.testing.Continuation;
import dev.sharegpt4v.runtime.testing.ScriptedEncoder;
import dev.sharegpt4v.runtime.testing.ScriptedExecutor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Features without a text; encodes wait for permits that the test gives. */
@Timeout(60) // Only to end a hang.
final class EngineEncodeTest {

    private static final int MANY = 1_000_000;
    private static final ImageInput IMAGE = ScriptedEncoder.image(7, 20);

    private final Semaphore encodes = new Semaphore(0);
    private final ScriptedExecutor executor = new ScriptedExecutor(
            ScriptedExecutor.shape(EngineRig.VOCABULARY, 256), new KvGeometry(10, 16), Continuation.HASHED, () -> {});
    private final ScriptedEncoder encoder = new ScriptedEncoder(1, 4, encodes::acquireUninterruptibly);
    private final Engine engine = Engine.start(executor, encoder, new EngineOptions(2, 3, 32), EngineListener.NONE);

    @AfterEach
    void close() {
        encodes.release(MANY);
        engine.close();
    }

    @Test
    void theFeaturesOfAnImageAreThoseOfTheEncoder() throws Exception {
        encodes.release(1);
        ImageFeatures features = engine.encode(IMAGE).get();
        assertThat(features).isEqualTo(engine.encode(IMAGE).get());
        assertThat(features.rows()).isEqualTo(20);
        assertThat(features.values()).hasSize(80);
        assertThat(encoder.batches()).hasSize(1);
        assertThat(engine.imageBytes()).isZero();
    }

    @Test
    void oneEncodeServesAllWhoAskAndAllTexts() throws Exception {
        CompletableFuture<ImageFeatures> first = engine.encode(IMAGE);
        CompletableFuture<ImageFeatures> second = engine.encode(ScriptedEncoder.image(7, 20));
        try (Generation generation = engine.submit(request(withImage(1, IMAGE, 3, 3), 2))) {
            encodes.release(1);
            assertThat(first.get()).isEqualTo(second.get());
            assertThat(generation.next()).isInstanceOf(GenerationEvent.Token.class);
        }
        assertThat(encoder.batches()).hasSize(1);
    }

    @Test
    void aTextThatIsGivenUpLeavesTheImageToThoseWhoAsked() throws Exception {
        CompletableFuture<ImageFeatures> busy = engine.encode(ScriptedEncoder.image(1, 20));
        Generation generation = engine.submit(request(withImage(1, IMAGE, 3, 3), 2));
        CompletableFuture<ImageFeatures> asked = engine.encode(IMAGE);
        generation.close();
        encodes.release(MANY);
        assertThat(asked.get().rows()).isEqualTo(20);
        assertThat(busy.get().rows()).isEqualTo(20);
    }

    @Test
    void whoGivesUpHoldsNothing() throws Exception {
        CompletableFuture<ImageFeatures> busy = engine.encode(ScriptedEncoder.image(1, 20));
        CompletableFuture<ImageFeatures> given = engine.encode(IMAGE);
        assertThat(given.cancel(true)).isTrue();
        encodes.release(MANY);
        assertThat(busy.get().rows()).isEqualTo(20);
        assertThat(engine.encode(ScriptedEncoder.image(2, 20)).get().rows()).isEqualTo(20);
        assertThat(engine.imageBytes()).isZero();
        assertThat(engine.drain(Duration.ofSeconds(30))).isTrue();
    }

    @Test
    void aFailureOfTheEncoderIsTold() {
        encoder.failNext(new ExecutionFailure(ExecutionFailure.Kind.RETRYABLE, "no", new RuntimeException("no")));
        encodes.release(1);
        assertThatThrownBy(() -> engine.encode(IMAGE).get())
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(EngineException.DeviceFailed.class);
    }

    @Test
    void thoseWhoAskCountAsRequests() {
        List<CompletableFuture<ImageFeatures>> asked = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            asked.add(engine.encode(ScriptedEncoder.image(i, 20)));
        }
        assertThatExceptionOfType(EngineException.QueueFull.class).isThrownBy(() -> engine.encode(IMAGE));
        encodes.release(MANY);
        engine.close();
        assertThat(asked).allMatch(CompletableFuture::isDone);
        assertThatExceptionOfType(EngineException.ShuttingDown.class).isThrownBy(() -> engine.encode(IMAGE));
    }
}
