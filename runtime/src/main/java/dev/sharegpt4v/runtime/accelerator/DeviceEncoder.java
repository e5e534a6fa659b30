package dev.sharegpt4v.runtime.accelerator;

import dev.sharegpt4v.runtime.execution.ExecutionFailure;
import dev.sharegpt4v.runtime.execution.ImageEncoder;
import dev.sharegpt4v.runtime.execution.ImageFeatures;
import dev.sharegpt4v.runtime.execution.ImageInput;
import dev.sharegpt4v.runtime.execution.WorkThread;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * Encodes batches of images of one shape on an accelerator, on a thread and a stream of its own. A batch that finds too
 * little memory is cut in halves.
 */
public final class DeviceEncoder implements ImageEncoder {

    private static final String INPUT = "pixel_values";
    private static final String OUTPUT = "image_features";

    private final Accelerator accelerator;
    private final StepGraph graph;
    private final int hiddenSize;
    private final int maxBatch;
    private final CaptureGate gate;
    private final WorkThread thread;
    private final TransferBuffer pixels;
    private final TransferBuffer features;
    private boolean broken;

    /** An encoder that owns accelerator and graph from now on, and never works while {@code gate} is held. */
    public DeviceEncoder(Accelerator accelerator, StepGraph graph, int hiddenSize, int maxBatch, CaptureGate gate) {
        this.accelerator = accelerator;
        this.graph = graph;
        this.hiddenSize = hiddenSize;
        this.maxBatch = maxBatch;
        this.gate = gate;
        this.thread = new WorkThread("vision", accelerator::makeCurrent);
        this.pixels = new TransferBuffer(accelerator);
        this.features = new TransferBuffer(accelerator);
    }

    @Override
    public int maxBatch() {
        return maxBatch;
    }

    @Override
    public List<ImageFeatures> encode(List<ImageInput> images) {
        try {
            return thread.call(() -> gate.exclude(() -> run(images)));
        } catch (ExecutionFailure e) {
            if (e.kind() != ExecutionFailure.Kind.OUT_OF_MEMORY || images.size() == 1) {
                throw e;
            }
            int half = images.size() / 2;
            List<ImageFeatures> encoded = new ArrayList<>(encode(images.subList(0, half)));
            encoded.addAll(encode(images.subList(half, images.size())));
            return encoded;
        }
    }

    private List<ImageFeatures> run(List<ImageInput> images) {
        if (broken) {
            throw new ExecutionFailure(ExecutionFailure.Kind.FATAL, "the device failed before");
        }
        try (StepGraph.Binding binding = graph.newBinding()) {
            int rows = images.getFirst().featureRows();
            long bytes = send(images, binding);
            long resultBytes = TensorType.FLOAT.bytes(images.size(), rows, hiddenSize);
            features.reserve(resultBytes);
            binding.output(BoundTensor.of(
                    OUTPUT,
                    TensorType.FLOAT,
                    features.device().slice(0, resultBytes),
                    images.size(),
                    rows,
                    hiddenSize));
            pixels.upload(bytes);
            binding.run(StepGraph.NO_CAPTURE);
            features.download(resultBytes);
            accelerator.synchronize();
            return unpack(images, rows);
        } catch (ExecutionFailure e) {
            broken = e.kind() == ExecutionFailure.Kind.FATAL;
            if (!broken) {
                // Nothing may read the buffers when they are used again.
                accelerator.synchronize();
            }
            throw e;
        }
    }

    private long send(List<ImageInput> images, StepGraph.Binding binding) {
        ImageInput first = images.getFirst();
        int values = first.values().length;
        long bytes = TensorType.FLOAT.bytes(images.size(), values);
        pixels.reserve(bytes);
        for (int i = 0; i < images.size(); i++) {
            MemorySegment.copy(
                    images.get(i).values(),
                    0,
                    pixels.host(),
                    ValueLayout.JAVA_FLOAT,
                    TensorType.FLOAT.bytes(i, values),
                    values);
        }
        long[] shape = new long[first.shape().length + 1];
        shape[0] = images.size();
        System.arraycopy(first.shape(), 0, shape, 1, first.shape().length);
        binding.input(BoundTensor.of(INPUT, TensorType.FLOAT, pixels.device().slice(0, bytes), shape));
        return bytes;
    }

    private List<ImageFeatures> unpack(List<ImageInput> images, int rows) {
        List<ImageFeatures> found = new ArrayList<>();
        int count = rows * hiddenSize;
        for (int i = 0; i < images.size(); i++) {
            float[] values = new float[count];
            MemorySegment.copy(
                    features.host(), ValueLayout.JAVA_FLOAT, TensorType.FLOAT.bytes(i, count), values, 0, count);
            found.add(new ImageFeatures(images.get(i).hash(), values, rows));
        }
        return found;
    }

    @Override
    public void close() {
        thread.call(() -> {
            if (!broken) {
                pixels.close();
                features.close();
                graph.close();
                accelerator.close();
            }
            return true;
        });
        thread.close();
    }
}
