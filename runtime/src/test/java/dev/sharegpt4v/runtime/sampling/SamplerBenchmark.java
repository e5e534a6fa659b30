package dev.sharegpt4v.runtime.sampling;

import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
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

/** One choice among a vocabulary; every call copies fresh logits first, as the engine does. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class SamplerBenchmark {

    /** How a token is chosen. */
    public enum Choice {
        GREEDY(0f, 0, 1f, 1f),
        PENALISED(0f, 0, 1f, 1.1f),
        FROM_ALL(1f, 0, 1f, 1f),
        TOP_P(0.7f, 0, 0.9f, 1f),
        TOP_K(1f, 50, 1f, 1f);

        private final float temperature;
        private final int topK;
        private final float topP;
        private final float repetitionPenalty;

        Choice(float temperature, int topK, float topP, float repetitionPenalty) {
            this.temperature = temperature;
            this.topK = topK;
            this.topP = topP;
            this.repetitionPenalty = repetitionPenalty;
        }

        private SamplingOptions options() {
            return new SamplingOptions(temperature, topK, topP, 0f, repetitionPenalty, 0f, 0f, OptionalLong.empty());
        }
    }

    /** The demo model's vocabulary, and LLaMA's. */
    @Param({"2000", "32000"})
    public int vocabulary;

    @Param
    public Choice choice = Choice.GREEDY;

    private final TokenCounts counts = new TokenCounts();
    private float[] logits = new float[0];
    private float[] row = new float[0];
    private Sampler sampler = new Sampler(1);
    private SamplingOptions options = SamplingOptions.GREEDY;
    private int drawn;

    @Setup
    public void prepare() {
        Random random = new Random(1);
        logits = new float[vocabulary];
        for (int id = 0; id < vocabulary; id++) {
            // A few likely tokens above a wide rest, as a language model gives them.
            logits[id] = (float) (random.nextGaussian() * 2 + (id % 997 == 0 ? 8 : 0));
        }
        row = new float[vocabulary];
        sampler = new Sampler(vocabulary);
        options = choice.options();
        counts.addPrompt(random.ints(640, 0, vocabulary).toArray());
    }

    @Benchmark
    public int choose() {
        System.arraycopy(logits, 0, row, 0, vocabulary);
        return sampler.choose(row, options, counts, Set.of(), 1, drawn++);
    }
}
