package dev.sharegpt4v.server;

import dev.sharegpt4v.runtime.execution.KvGeometry;
import dev.sharegpt4v.runtime.execution.ModelShape;
import java.util.Locale;

/**
 * The chosen KV cache.
 *
 * @param geometry its blocks
 * @param bytes of all blocks
 * @param reason in words, with the numbers it follows from
 */
record KvSizing(KvGeometry geometry, long bytes, String reason) {

    /** On a machine that others use too. */
    private static final int MACHINE_SHARE = 8;

    private static final int MOST_CONTEXTS = 16;

    /**
     * Chooses: memory less weights, activations, image features and heap is what is left; of that a container gives all, a
     * machine an eighth of its memory at most, and neither more than sixteen contexts. Models that share a server need their
     * part of the memory first, and then share what is left in equal parts.
     *
     * @param least positions of the smallest request that must fit
     * @throws IllegalArgumentException when not even that one fits
     */
    static KvSizing choose(
            ModelShape shape,
            KvBudget budget,
            MachineMemory memory,
            MemoryNeeds needs,
            Neighbours neighbours,
            int least) {
        long blockBytes = budget.blockBytes(shape);
        long left = Math.max(0, memory.bytes() - needs.total() - neighbours.bytes()) / neighbours.sharers();
        long contexts = Math.ceilDiv(shape.contextLength(), budget.blockSize()) * (long) MOST_CONTEXTS;
        long bytes = switch (budget.size()) {
            case KvBudget.Bytes(long asked) -> asked;
            case KvBudget.Share(double share) -> (long) (left * share);
            case KvBudget.Automatic() ->
                Math.min(
                        memory.hard() ? left : Math.min(left, memory.bytes() / MACHINE_SHARE / neighbours.sharers()),
                        contexts * blockBytes);
        };
        int blocks = (int) Math.min(bytes / blockBytes, Integer.MAX_VALUE / budget.blockSize());
        String reason = reason(budget, bytes, left) + ": " + account(memory, needs, neighbours, left);
        if (blocks < Math.ceilDiv(least, budget.blockSize())) {
            throw new IllegalArgumentException(refusal(budget, blocks, least, blockBytes, reason));
        }
        return new KvSizing(new KvGeometry(blocks, budget.blockSize()), blocks * blockBytes, reason);
    }

    private static String reason(KvBudget budget, long bytes, long left) {
        return switch (budget.size()) {
            case KvBudget.Bytes(long asked) ->
                asked > left ? "as asked for, which is more than is left" : "as asked for";
            case KvBudget.Share(double share) -> String.format(Locale.ROOT, "%.0f %% of what is left", share * 100);
            case KvBudget.Automatic() -> bytes == left ? "all that is left" : "chosen, with more left";
        };
    }

    private static String account(MachineMemory memory, MemoryNeeds needs, Neighbours neighbours, long left) {
        String others =
                neighbours.count() == 0 ? "" : " and %d for the other models".formatted(neighbours.bytes() >> 20);
        return "%d MB of %s less %d MB for weights, %d for activations, %d for image features and %d for the JVM%s leave %d%s"
                .formatted(
                        memory.bytes() >> 20,
                        memory.hard() ? "the container" : "the machine",
                        needs.weights() >> 20,
                        needs.activations() >> 20,
                        needs.features() >> 20,
                        needs.heap() >> 20,
                        others,
                        left >> 20,
                        neighbours.count() == 0 ? "" : " for each");
    }

    private static String refusal(KvBudget budget, int blocks, int least, long blockBytes, String reason) {
        int needed = Math.ceilDiv(least, budget.blockSize());
        return ("the KV cache would hold %d blocks of %d tokens, and a picture with a short question and answer takes %d"
                        + " positions, %d blocks, %d MB (%s). Give more memory or --kv-cache-mb, a smaller heap"
                        + " (SHAREGPT4V_JAVA_OPTS=-Xmx512m), a smaller --encoder-cache-mb or --kv-cache-dtype int8")
                .formatted(
                        blocks, budget.blockSize(), least, needed, Math.ceilDiv(needed * blockBytes, 1L << 20), reason);
    }

    /** One line for the log. */
    String line(KvBudget budget) {
        return "KV cache: %d blocks of %d tokens in %s, %d MB when all are used; %s"
                .formatted(
                        geometry.blocks(),
                        geometry.blockSize(),
                        budget.format().name().toLowerCase(Locale.ROOT),
                        bytes >> 20,
                        reason);
    }
}
