package dev.sharegpt4v.server.bench.engine;

import dev.sharegpt4v.runtime.execution.ForwardStep;
import dev.sharegpt4v.runtime.execution.ModelExecutor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/** Times decoder steps on an executor, on random tokens. */
public final class StepBench {

    private static final int WARM_UP_STEPS = 8;

    private final ModelExecutor executor;
    private final int stepTokens;
    private final int repetitions;
    private final long seed;
    private final LongSupplier clock;

    /**
     * @param stepTokens tokens of a prefill step at most
     * @param repetitions of each test; one more goes before, untimed
     */
    public StepBench(ModelExecutor executor, int stepTokens, int repetitions, long seed) {
        this(executor, stepTokens, repetitions, seed, System::nanoTime);
    }

    StepBench(ModelExecutor executor, int stepTokens, int repetitions, long seed, LongSupplier clock) {
        this.executor = executor;
        this.stepTokens = stepTokens;
        this.repetitions = repetitions;
        this.seed = seed;
        this.clock = clock;
    }

    /** Runs all tests of a case; a test of no tokens is left out. */
    public List<StepResult> run(StepCase one) {
        RandomSequences sequences =
                new RandomSequences(one.batch(), one.length(), executor.shape(), executor.geometry(), seed);
        sequences.context(one.context(), stepTokens).forEach(executor::forward);
        List<StepResult> results = new ArrayList<>();
        if (one.prefill() > 0) {
            List<ForwardStep> steps = sequences.prefill(one.context(), one.context() + one.prefill(), stepTokens);
            steps.forEach(executor::forward);
            results.add(new StepResult(StepResult.Test.PREFILL, one, time(steps)));
        }
        if (one.decode() > 0) {
            List<ForwardStep> steps = new ArrayList<>();
            for (int i = 0; i < one.decode(); i++) {
                steps.add(sequences.decode(one.context() + i));
            }
            steps.stream().limit(WARM_UP_STEPS).forEach(executor::forward);
            results.add(new StepResult(StepResult.Test.DECODE, one, time(steps)));
        }
        return results;
    }

    /** Every repetition writes the same slots again, which is what makes repetitions equal. */
    private StepTimes time(List<ForwardStep> steps) {
        long[] nanos = new long[steps.size() * repetitions];
        long tokens = 0;
        for (int i = 0; i < nanos.length; i++) {
            ForwardStep step = steps.get(i % steps.size());
            long started = clock.getAsLong();
            executor.forward(step);
            nanos[i] = clock.getAsLong() - started;
            tokens += step.tokens();
        }
        return new StepTimes(tokens, nanos);
    }
}
