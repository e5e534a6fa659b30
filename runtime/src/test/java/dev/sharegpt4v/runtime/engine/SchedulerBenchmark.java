package dev.sharegpt4v.runtime.engine;

import dev.sharegpt4v.runtime.execution.ForwardStep;
import dev.sharegpt4v.runtime.execution.KvGeometry;
import dev.sharegpt4v.runtime.execution.Logits;
import dev.sharegpt4v.runtime.execution.ModelExecutor;
import dev.sharegpt4v.runtime.execution.ModelShape;
import dev.sharegpt4v.runtime.sampling.SamplingOptions;
import dev.sharegpt4v.runtime.testing.ScriptedEncoder;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a step costs besides the model: a turn of the loop over a device that takes no time, with a vocabulary so small that
 * sampling takes none either. Submissions, first steps and ends are part of it, one for every 256 tokens of a sequence.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class SchedulerBenchmark {

    private static final int PROMPT = 640;
    private static final int ANSWER = 256;
    private static final int VOCABULARY = 16;

    /** Sequences that run. */
    @Param({"1", "16", "64"})
    public int running;

    /** Sequences for which there is no room. */
    @Param({"0", "256"})
    public int waiting;

    private @Nullable EngineLoop loop;
    private long arrivals;

    @Setup
    public void prepare() {
        ModelShape shape = new ModelShape(VOCABULARY, VOCABULARY, 1, 1, 4, 4, 2048);
        KvGeometry geometry = new KvGeometry(running * Math.ceilDiv(PROMPT + ANSWER, 64), 64);
        EncodeQueue none = new EncodeQueue(new ScriptedEncoder(1, 4, () -> {}), EngineListener.NONE, _ -> {});
        loop = new EngineLoop(
                new Instant(shape, geometry),
                new EngineOptions(running, running + waiting, Math.max(128, running)),
                EngineListener.NONE,
                new FeatureStore(none, 1 << 20, 4),
                System::nanoTime);
        for (int i = 0; i < running + waiting; i++) {
            submit(loop);
        }
    }

    /** Ended sequences are replaced, so that as many run and wait as before. */
    @Benchmark
    public void turn() {
        EngineLoop turning = loop;
        if (turning == null) {
            throw new IllegalStateException("not prepared");
        }
        turning.runOnce();
        Scheduler scheduler = turning.scheduler();
        for (int i = scheduler.running().size() + scheduler.waiting().size(); i < running + waiting; i++) {
            submit(turning);
        }
    }

    private void submit(EngineLoop to) {
        int[] tokens = new int[PROMPT];
        Arrays.fill(tokens, 3);
        // Else the prefix cache would spare the prompts.
        tokens[0] = (int) (arrivals % Integer.MAX_VALUE);
        GenerationRequest request = new GenerationRequest(
                "benchmark", new Prompt(tokens, List.of()), SamplingOptions.GREEDY, new StopRule(ANSWER, 0, Set.of()));
        GenerationHandle handle = new GenerationHandle(request.id(), arrivals++, _ -> {});
        to.take(new Command.Submit(List.of(new Sequence(request, handle, new SequenceClock(System::nanoTime), 1, 64))));
    }

    /** Says the same token at once. */
    private record Instant(ModelShape shape, KvGeometry geometry) implements ModelExecutor {

        @Override
        public Logits forward(ForwardStep step) {
            return new Flat(step.logitRows());
        }

        @Override
        public void close() {}
    }

    private record Flat(int rows) implements Logits {

        @Override
        public int vocabularySize() {
            return VOCABULARY;
        }

        @Override
        public void copyRow(int row, float[] target) {
            Arrays.fill(target, 0, VOCABULARY, 0f);
        }
    }
}
