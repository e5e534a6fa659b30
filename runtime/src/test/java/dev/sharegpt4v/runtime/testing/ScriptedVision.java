package dev.sharegpt4v.runtime.testing;

import dev.sharegpt4v.runtime.accelerator.BoundTensor;
import dev.sharegpt4v.runtime.accelerator.HostAccelerator;
import dev.sharegpt4v.runtime.accelerator.StepGraph;
import dev.sharegpt4v.runtime.execution.ExecutionFailure;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;

/** A vision graph on a {@link FakeAccelerator} whose feature at (row, channel) is the image's first value and both of these. */
public final class ScriptedVision implements StepGraph {

    private final FakeAccelerator accelerator;
    private final int mostImages;
    private final List<Integer> batches = new ArrayList<>();
    private final ConcurrentLinkedQueue<ExecutionFailure> failures = new ConcurrentLinkedQueue<>();
    private boolean closed;

    /** A graph that has memory for so many images. */
    public ScriptedVision(FakeAccelerator accelerator, int mostImages) {
        this.accelerator = accelerator;
        this.mostImages = mostImages;
    }

    /** What it says of an image. */
    public static float feature(float firstValue, int row, int channel) {
        return firstValue * 100 + row * 10 + channel;
    }

    /** The next run fails. */
    public void failNext(ExecutionFailure failure) {
        failures.add(failure);
    }

    /** Images of the runs that succeeded. */
    public List<Integer> batches() {
        return batches;
    }

    public boolean isClosed() {
        return closed;
    }

    @Override
    public Set<String> inputs() {
        return Set.of("pixel_values");
    }

    @Override
    public Binding newBinding() {
        return new VisionBinding();
    }

    @Override
    public void releaseCapture(int number) {
        throw new AssertionError("images are not captured");
    }

    @Override
    public void close() {
        closed = true;
    }

    private final class VisionBinding implements Binding {
        private final Map<String, BoundTensor> tensors = new HashMap<>();

        @Override
        public void input(BoundTensor tensor) {
            tensors.put(tensor.name(), tensor);
        }

        @Override
        public void output(BoundTensor tensor) {
            tensors.put(tensor.name(), tensor);
        }

        @Override
        public void run(int capture) {
            accelerator.call();
            accelerator.flush();
            BoundTensor pixels = tensor("pixel_values");
            BoundTensor features = tensor("image_features");
            int images = (int) pixels.shape()[0];
            ExecutionFailure failure = failures.poll();
            if (failure != null) {
                throw failure;
            }
            if (images > mostImages) {
                throw new ExecutionFailure(
                        ExecutionFailure.Kind.OUT_OF_MEMORY, "Failed to allocate memory for requested buffer");
            }
            int values = (int) (pixels.bytes() / Float.BYTES / images);
            for (int image = 0; image < images; image++) {
                MemorySegment input = HostAccelerator.at(pixels.memory());
                write(features, image, input.getAtIndex(ValueLayout.JAVA_FLOAT, (long) image * values));
            }
            batches.add(images);
        }

        private void write(BoundTensor features, int image, float first) {
            int rows = (int) features.shape()[1];
            int channels = (int) features.shape()[2];
            MemorySegment output = HostAccelerator.at(features.memory());
            for (int i = 0; i < rows * channels; i++) {
                float value = feature(first, i / channels, i % channels);
                output.setAtIndex(ValueLayout.JAVA_FLOAT, (long) image * rows * channels + i, value);
            }
        }

        private BoundTensor tensor(String name) {
            BoundTensor tensor = tensors.get(name);
            if (tensor == null) {
                throw new AssertionError(name + " is not bound");
            }
            return tensor;
        }

        @Override
        public void close() {}
    }
}
