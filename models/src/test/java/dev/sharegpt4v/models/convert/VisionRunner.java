package dev.sharegpt4v.models.convert;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Runs vision graphs by ONNX Runtime's own Java API. */
final class VisionRunner {

    private VisionRunner() {}

    /** Writes a graph into a folder and runs it on square images of three channels; the output row by row. */
    static float[] run(Path folder, Graph graph, float[] pixels, int images) {
        try (ExecutorService encoders = Executors.newFixedThreadPool(2)) {
            GraphFile file = GraphFile.of("vision.onnx", graph);
            file.write(folder, new WeightFile(encoders, 2), bytes -> {});
            return run(folder.resolve(file.name()), pixels, images);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs a graph of a package. */
    static float[] run(Path graph, float[] pixels, int images) {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        long side = Math.round(Math.sqrt(pixels.length / 3.0 / images));
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions();
                OrtSession session = environment.createSession(graph.toString(), options);
                OnnxTensor input = OnnxTensor.createTensor(
                        environment, FloatBuffer.wrap(pixels), new long[] {images, 3, side, side});
                OrtSession.Result result = session.run(Map.of("pixel_values", input))) {
            FloatBuffer output = ((OnnxTensor) result.get(0)).getFloatBuffer();
            float[] values = new float[output.remaining()];
            output.get(values);
            return values;
        } catch (OrtException e) {
            throw new AssertionError(e);
        }
    }
}
