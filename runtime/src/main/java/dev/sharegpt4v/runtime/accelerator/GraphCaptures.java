package dev.sharegpt4v.runtime.accelerator;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Which buckets are captured under which numbers. A number is never used again, so that nobody can replay what was captured
 * for another. The caller releases the numbers that this gives back.
 */
final class GraphCaptures {

    private final int limit;
    /** The least recently used first. */
    private final Map<DecodeBucket, Integer> captured = new LinkedHashMap<>(16, 0.75f, true);

    private final Set<DecodeBucket> refused = new HashSet<>();
    private int lastNumber;

    /** No captures yet, and never more than {@code limit}. */
    GraphCaptures(int limit) {
        this.limit = limit;
    }

    /** The number to replay a bucket by, which counts as its use. */
    OptionalInt find(DecodeBucket bucket) {
        Integer number = captured.get(bucket);
        return number == null ? OptionalInt.empty() : OptionalInt.of(number);
    }

    /** Whether a bucket may be captured: it is not, and it was not refused. */
    boolean mayCapture(DecodeBucket bucket) {
        return limit > 0 && !captured.containsKey(bucket) && !refused.contains(bucket);
    }

    /** Gives up the least recently used until there is room for one more. */
    List<Integer> makeRoom() {
        List<Integer> released = new ArrayList<>();
        while (captured.size() >= limit) {
            DecodeBucket eldest = captured.keySet().iterator().next();
            released.add(captured.remove(eldest));
        }
        return released;
    }

    /** A number for a bucket that is about to be captured; {@link #drop} takes it back. */
    int add(DecodeBucket bucket) {
        if (!mayCapture(bucket) || captured.size() >= limit) {
            throw new IllegalStateException("no place to capture " + bucket + ". This is a bug.");
        }
        captured.put(bucket, ++lastNumber);
        return lastNumber;
    }

    /** Forgets a bucket's capture. */
    OptionalInt drop(DecodeBucket bucket) {
        Integer number = captured.remove(bucket);
        return number == null ? OptionalInt.empty() : OptionalInt.of(number);
    }

    /** Never captures a bucket again. */
    void refuse(DecodeBucket bucket) {
        refused.add(bucket);
    }

    /** Forgets all captures. */
    List<Integer> dropAll() {
        List<Integer> released = List.copyOf(captured.values());
        captured.clear();
        return released;
    }

    int size() {
        return captured.size();
    }
}
