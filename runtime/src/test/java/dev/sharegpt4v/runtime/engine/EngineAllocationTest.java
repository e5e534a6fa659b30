package dev.sharegpt4v.runtime.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.sharegpt4v.runtime.execution.ForwardStep;
import dev.sharegpt4v.runtime.execution.KvGeometry;
import dev.sharegpt4v.runtime.execution.Logits;
import dev.sharegpt4v.runtime.execution.ModelExecutor;
import dev.sharegpt4v.runtime.execution.ModelShape;
import dev.sharegpt4v.runtime.sampling.SamplingOptions;
import dev.sharegpt4v.runtime.testing.ScriptedEncoder;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a decoded token costs in garbage on the engine thread: its event, its part of the plan, and little else. */
final class EngineAllocationTest {

    private static final int STREAMS = 16;
    private static final int PROMPT = 640;
    private static final int ANSWER = 1200;
    private static final int STEPS = 1000;
    private static final int VOCABULARY = 32_000;
    private static final long MOST_BYTES_PER_TOKEN = 1000;

    @Test
    void aDecodedTokenAllocatesLittleWhateverTheVocabularyAndThePenalties() {
        ModelShape shape = new ModelShape(VOCABULARY, VOCABULARY, 1, 1, 4, 4, 2048);
        KvGeometry geometry = new KvGeometry(STREAMS * Math.ceilDiv(PROMPT + ANSWER, 64), 64);
        EncodeQueue encodes = new EncodeQueue(new ScriptedEncoder(1, 4, () -> {}), EngineListener.NONE, _ -> {});
        EngineLoop loop = new EngineLoop(
                new Counting(shape, geometry),
                new EngineOptions(STREAMS, STREAMS, 128, 0, 4, true, 1 << 20),
                EngineListener.NONE,
                new FeatureStore(encodes, 1 << 20, 4),
                System::nanoTime);
        SamplingOptions penalised = new SamplingOptions(0f, 0, 1f, 0f, 1.1f, 0.1f, 0.1f, OptionalLong.of(1));
        for (int i = 0; i < STREAMS; i++) {
            GenerationRequest request = new GenerationRequest(
                    "stream", EngineRig.text(i, PROMPT), penalised, new StopRule(ANSWER, 0, Set.of()));
            GenerationHandle handle = new GenerationHandle("stream", i, _ -> {});
            loop.take(new Command.Submit(
                    List.of(new Sequence(request, handle, new SequenceClock(System::nanoTime), 1, 64))));
        }
        while (loop.scheduler().running().size() < STREAMS
                || loop.scheduler().running().stream().anyMatch(sequence -> !sequence.isDecoding())) {
            loop.runOnce();
        }
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < STEPS; i++) {
            loop.runOnce();
        }
        long each = (threads.getCurrentThreadAllocatedBytes() - before) / (STEPS * STREAMS);
        assertThat(loop.scheduler().running()).hasSize(STREAMS);
        assertThat(each).as("bytes per token").isLessThan(MOST_BYTES_PER_TOKEN);
    }

    /** Says other tokens all the time, so that nothing repeats, and allocates next to nothing. */
    private static final class Counting implements ModelExecutor {
        private final ModelShape shape;
        private final KvGeometry geometry;
        private int next;

        Counting(ModelShape shape, KvGeometry geometry) {
            this.shape = shape;
            this.geometry = geometry;
        }

        @Override
        public ModelShape shape() {
            return shape;
        }

        @Override
        public KvGeometry geometry() {
            return geometry;
        }

        @Override
        public Logits forward(ForwardStep step) {
            next += 7919;
            return new Peak(step.logitRows(), Math.floorMod(next, VOCABULARY - 64));
        }

        @Override
        public void close() {}
    }

    private record Peak(int rows, int first) implements Logits {

        @Override
        public int vocabularySize() {
            return VOCABULARY;
        }

        @Override
        public void copyRow(int row, float[] target) {
            Arrays.fill(target, 0f);
            target[first + row] = 100f;
        }
    }
}
