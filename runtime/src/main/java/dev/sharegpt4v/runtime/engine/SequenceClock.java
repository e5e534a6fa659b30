package dev.sharegpt4v.runtime.engine;

import java.util.function.LongSupplier;

/** When things happened to a sequence, on a clock that tests set. */
final class SequenceClock {

    private final LongSupplier nanoTime;
    private final long submitted;
    private long featuresReady;
    private long firstStep;
    private long firstToken;
    private long lastToken;

    SequenceClock(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.submitted = nanoTime.getAsLong();
    }

    /** Nanoseconds since the submission. */
    long elapsed() {
        return nanoTime.getAsLong() - submitted;
    }

    boolean hasStarted() {
        return firstStep != 0;
    }

    void markFeaturesReady() {
        featuresReady = elapsed();
    }

    void markStep() {
        if (firstStep == 0) {
            firstStep = Math.max(1, elapsed());
        }
    }

    void markToken() {
        if (firstToken == 0) {
            lastToken = elapsed();
            firstToken = Math.max(1, lastToken);
        }
    }

    /** Nanoseconds since the step that gave the tokens before. */
    long markLaterStep() {
        long now = elapsed();
        long gap = now - lastToken;
        lastToken = now;
        return gap;
    }

    Timings timings() {
        return new Timings(firstStep, featuresReady, firstToken, elapsed());
    }
}
