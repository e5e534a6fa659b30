package dev.sharegpt4v.runtime.testing;

import dev.sharegpt4v.runtime.accelerator.BoundTensor;
import dev.sharegpt4v.runtime.accelerator.HostAccelerator;
import dev.sharegpt4v.runtime.accelerator.StepGraph;
import dev.sharegpt4v.runtime.accelerator.TensorType;
import dev.sharegpt4v.runtime.execution.ExecutionFailure;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * A decoder graph on a {@link FakeAccelerator}: it remembers prefixes only in its KV cache, eight bytes a token and layer, and
 * captures and replays as CUDA graphs do. A capture keeps addresses, shapes and host memory, and later bindings do not count.
 * What a device would not survive fails the test.
 */
public final class ScriptedGraph implements StepGraph {

    private static final int WARM_UPS = 2;

    private final FakeAccelerator accelerator;
    private final Continuation continuation;
    private final Map<Integer, Captured> captures = new TreeMap<>();
    private final ConcurrentLinkedQueue<ExecutionFailure> failures = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<ExecutionFailure> captureFailures = new ConcurrentLinkedQueue<>();
    private int plain;
    private int captured;
    private int replayed;
    private int mostCaptures;
    private int bindings;
    private boolean closed;

    private record Captured(Map<String, BoundTensor> tensors, int longestSlice, int longestContext) {}

    public ScriptedGraph(FakeAccelerator accelerator, Continuation continuation) {
        this.accelerator = accelerator;
        this.continuation = continuation;
    }

    /** The next run fails half way. */
    public void failNext(ExecutionFailure failure) {
        failures.add(failure);
    }

    /** The next capture fails at its end. */
    public void failNextCapture(ExecutionFailure failure) {
        captureFailures.add(failure);
    }

    /** Runs without capture. */
    public synchronized int plainRuns() {
        return plain;
    }

    /** Captures so far. */
    public synchronized int captures() {
        return captured;
    }

    /** Replays so far. */
    public synchronized int replays() {
        return replayed;
    }

    /** Captures that were held at one time at most. */
    public synchronized int mostCaptures() {
        return mostCaptures;
    }

    /** Captures that are held now. */
    public synchronized int heldCaptures() {
        return captures.size();
    }

    /** Bindings that are open. */
    public synchronized int openBindings() {
        return bindings;
    }

    public synchronized boolean isClosed() {
        return closed;
    }

    @Override
    public Set<String> inputs() {
        return Set.of(
                "input_ids",
                "image_features",
                "image_positions",
                "logit_rows",
                "cumulative_sequence_length",
                "past_sequence_length",
                "block_table",
                "slot_mapping",
                "attention_metadata",
                "key_cache.0",
                "value_cache.0");
    }

    @Override
    public synchronized Binding newBinding() {
        accelerator.call();
        bindings++;
        return new ScriptedBinding();
    }

    @Override
    public synchronized void releaseCapture(int number) {
        accelerator.call();
        captures.remove(number);
    }

    @Override
    public synchronized void close() {
        require(bindings == 0, "a graph is closed before its bindings");
        closed = true;
    }

    private synchronized void run(int capture, Map<String, BoundTensor> tensors) {
        accelerator.call();
        accelerator.flush();
        Run run = new Run(tensors);
        Captured known = captures.get(capture);
        if (capture == NO_CAPTURE) {
            plain++;
            run.requireBounds(run.ints("attention_metadata")[0], run.ints("attention_metadata")[1]);
            run.compute();
        } else if (known != null) {
            replayed++;
            replay(known, run);
        } else {
            captured++;
            capture(capture, run);
        }
    }

    private void capture(int number, Run run) {
        require(number > 0, "numbers of captures are positive");
        for (int i = 0; i <= WARM_UPS; i++) {
            run.compute();
        }
        ExecutionFailure failure = captureFailures.poll();
        if (failure != null) {
            throw failure;
        }
        int[] bounds = run.ints("attention_metadata");
        captures.put(number, new Captured(new HashMap<>(run.tensors), bounds[0], bounds[1]));
        run.requireBounds(bounds[0], bounds[1]);
        mostCaptures = Math.max(mostCaptures, captures.size());
    }

    private void replay(Captured known, Run run) {
        known.tensors().forEach((name, tensor) -> {
            BoundTensor now = run.tensor(name);
            require(
                    now.memory().equals(tensor.memory()) && Arrays.equals(now.shape(), tensor.shape()),
                    name + " is not where it was captured");
        });
        Run replay = new Run(known.tensors());
        replay.requireBounds(known.longestSlice(), known.longestContext());
        replay.compute();
    }

    private static void require(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }

    private final class ScriptedBinding implements Binding {
        private final Map<String, BoundTensor> tensors = new HashMap<>();

        @Override
        public void input(BoundTensor tensor) {
            require(inputs().contains(tensor.name()), "no input " + tensor.name());
            require(tensor.memory().bytes() == tensor.bytes(), tensor.name() + " has memory of another size");
            tensors.put(tensor.name(), tensor);
        }

        @Override
        public void output(BoundTensor tensor) {
            require(tensor.name().equals("logits"), "no output " + tensor.name());
            tensors.put(tensor.name(), tensor);
        }

        @Override
        public void run(int capture) {
            require(tensors.size() == inputs().size() + 1, "not all is bound");
            ScriptedGraph.this.run(capture, tensors);
        }

        @Override
        public void close() {
            synchronized (ScriptedGraph.this) {
                bindings--;
            }
        }
    }

    /** One run over bound tensors. */
    private final class Run {
        private final Map<String, BoundTensor> tensors;

        Run(Map<String, BoundTensor> tensors) {
            this.tensors = tensors;
        }

        BoundTensor tensor(String name) {
            BoundTensor tensor = tensors.get(name);
            if (tensor == null) {
                throw new AssertionError(name + " is not bound");
            }
            return tensor;
        }

        MemorySegment memory(String name) {
            return HostAccelerator.at(tensor(name).memory());
        }

        int[] ints(String name) {
            require(tensor(name).type() == TensorType.INT32, name + " is int32");
            return memory(name).toArray(ValueLayout.JAVA_INT);
        }

        long[] longs(String name) {
            require(tensor(name).type() == TensorType.INT64, name + " is int64");
            return memory(name).toArray(ValueLayout.JAVA_LONG);
        }

        void requireBounds(int longestSlice, int longestContext) {
            int[] cumulative = ints("cumulative_sequence_length");
            int[] past = ints("past_sequence_length");
            for (int row = 0; row < past.length; row++) {
                int length = cumulative[row + 1] - cumulative[row];
                require(length <= longestSlice, "a slice is longer than its bound");
                require(past[row] + length <= longestContext, "a context is longer than its bound");
            }
        }

        void compute() {
            int[] slots = ints("slot_mapping");
            int[] cumulative = ints("cumulative_sequence_length");
            require(cumulative[cumulative.length - 1] == slots.length, "every token belongs to a row");
            long[] entries = entries();
            MemorySegment keys = memory("key_cache.0");
            MemorySegment values = memory("value_cache.0");
            ExecutionFailure failure = failures.poll();
            for (int token = 0; token < slots.length; token++) {
                if (failure != null && token >= slots.length / 2) {
                    throw failure;
                }
                if (slots[token] >= 0) {
                    // Odd, since memory that was never written is zero.
                    long stored = 2 * entries[token] + 1;
                    keys.setAtIndex(ValueLayout.JAVA_LONG, slots[token], stored);
                    values.setAtIndex(ValueLayout.JAVA_LONG, slots[token], ~stored);
                }
            }
            long[] asked = longs("logit_rows");
            require(asked.length > 0, "products of no rows are not asked of a device");
            for (int i = 0; i < asked.length; i++) {
                writeLogits(i, (int) asked[i], cumulative);
            }
        }

        private long[] entries() {
            long[] entries = longs("input_ids");
            long[] places = longs("image_positions");
            long hidden = tensor("image_features").shape()[1];
            MemorySegment features = memory("image_features");
            for (int i = 0; i < places.length; i++) {
                entries[(int) places[i]] = -1 - (long) features.getAtIndex(ValueLayout.JAVA_FLOAT, i * hidden);
            }
            return entries;
        }

        private void writeLogits(int at, int token, int[] cumulative) {
            int row = 0;
            while (cumulative[row + 1] <= token) {
                row++;
            }
            int length = ints("past_sequence_length")[row] + token - cumulative[row] + 1;
            int vocabulary = (int) tensor("logits").shape()[1];
            float[] logits = ScriptedExecutor.row(continuation.next(prefix(row, length), vocabulary), vocabulary);
            MemorySegment.copy(
                    logits,
                    0,
                    memory("logits"),
                    ValueLayout.JAVA_FLOAT,
                    (long) at * vocabulary * Float.BYTES,
                    vocabulary);
        }

        private long[] prefix(int row, int length) {
            int[] table = ints("block_table");
            int columns = (int) tensor("block_table").shape()[1];
            int blockSize = (int) tensor("key_cache.0").shape()[1];
            MemorySegment keys = memory("key_cache.0");
            MemorySegment values = memory("value_cache.0");
            long[] prefix = new long[length];
            for (int position = 0; position < length; position++) {
                long slot = (long) table[row * columns + position / blockSize] * blockSize + position % blockSize;
                long stored = keys.getAtIndex(ValueLayout.JAVA_LONG, slot);
                require(stored != 0, "position " + position + " was never written");
                require(values.getAtIndex(ValueLayout.JAVA_LONG, slot) == ~stored, "values go with keys");
                prefix[position] = stored >> 1;
            }
            return prefix;
        }
    }
}
