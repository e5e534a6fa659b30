package dev.sharegpt4v.server.bench.engine;

import java.util.ArrayList;
import java.util.List;

/**
 * What is measured together.
 *
 * @param batch sequences side by side
 * @param context tokens that each has in the cache before
 * @param prefill tokens of each that are prefilled; 0 for no such test
 * @param decode tokens of each that are decoded; 0 for no such test
 */
public record StepCase(int batch, int context, int prefill, int decode) {

    public StepCase {
        if (batch < 1 || context < 0 || prefill < 0 || decode < 0) {
            throw new IllegalArgumentException(
                    "batch %d, context %d, prefill %d, decode %d".formatted(batch, context, prefill, decode));
        }
    }

    /** Every batch with every context. */
    public static List<StepCase> all(List<Integer> batches, List<Integer> contexts, int prefill, int decode) {
        List<StepCase> cases = new ArrayList<>();
        for (int batch : batches) {
            for (int context : contexts) {
                cases.add(new StepCase(batch, context, prefill, decode));
            }
        }
        return cases;
    }

    /** Positions that a sequence takes. */
    public int length() {
        return context + Math.max(1, Math.max(prefill, decode));
    }

    /** Blocks of a KV cache that all sequences need. */
    public int blocks(int blockSize) {
        return RandomSequences.blocks(batch, length(), blockSize);
    }
}
