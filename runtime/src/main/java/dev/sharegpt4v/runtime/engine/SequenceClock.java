package dev.sharegpt4v.runtime.engine;

import java.util.function.LongSupplier;

/** When things happened to a sequence, on a clock that tests set. */
final class SequenceClock {

    private final LongSupplier nanoTime;
    private final long submitted;
    private long featuresReady;
    private long firstStep;
    private long firstToken;

    SequenceClock(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.submitted = nanoTime.getAsLong();
    }

    void markFeaturesReady() {
        featuresReady = nanoTime.getAsLong() - submitted;
    }

    void markStep() {
        if (firstStep == 0) {
            firstStep = Math.max(1, nanoTime.getAsLong() - submitted);
        }
    }

    void markToken() {
        if (firstToken == 0) {
            firstToken = Math.max(1, nanoTime.getAsLong() - submitted);
        }
    }

    Timings timings() {
        return new Timings(firstStep, featuresReady, firstToken, nanoTime.getAsLong() - submitted);
    }
}
