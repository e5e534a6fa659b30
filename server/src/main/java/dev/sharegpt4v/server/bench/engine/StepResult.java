package dev.sharegpt4v.server.bench.engine;

/**
 * What one test of a case found.
 *
 * @param test what ran
 * @param measured the case
 * @param times of its steps
 */
public record StepResult(Test test, StepCase measured, StepTimes times) {

    /** What runs in a step. */
    public enum Test {
        /** Prompt tokens, many at a time. */
        PREFILL,
        /** One token of each sequence. */
        DECODE
    }

    /** As llama-bench calls it: {@code pp512}, {@code tg32}. */
    public String name() {
        return test == Test.PREFILL ? "pp" + measured.prefill() : "tg" + measured.decode();
    }
}
