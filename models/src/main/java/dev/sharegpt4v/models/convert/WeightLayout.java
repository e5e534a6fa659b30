package dev.sharegpt4v.models.convert;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Where each weight of a graph stands in the file beside it. */
final class WeightLayout {

    /** Tensors begin on pages, so that each is mapped, and dropped again, without touching its neighbours. */
    static final int ALIGNMENT = 4096;

    private final String fileName;
    private final Map<String, Long> offsets;
    private final long bytes;

    private WeightLayout(String fileName, Map<String, Long> offsets, long bytes) {
        this.fileName = fileName;
        this.offsets = offsets;
        this.bytes = bytes;
    }

    /** Places weights one after the other. */
    static WeightLayout of(String fileName, List<Weight> weights) {
        Map<String, Long> offsets = new HashMap<>();
        long end = 0;
        for (Weight weight : weights) {
            long offset = Math.ceilDiv(end, ALIGNMENT) * ALIGNMENT;
            if (offsets.put(weight.name(), offset) != null) {
                throw new IllegalStateException("two weights are named " + weight.name() + ". This is a bug.");
            }
            end = offset + weight.bytes();
        }
        return new WeightLayout(fileName, offsets, end);
    }

    /** The file, relative to the graph. */
    String fileName() {
        return fileName;
    }

    /** Bytes from the start of the file to the weight. */
    long offset(Weight weight) {
        Long offset = offsets.get(weight.name());
        if (offset == null) {
            throw new IllegalStateException(weight.name() + " was not placed. This is a bug.");
        }
        return offset;
    }

    /** Bytes of the whole file. */
    long bytes() {
        return bytes;
    }
}
