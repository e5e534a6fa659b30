package dev.sharegpt4v.models.example;

import dev.sharegpt4v.models.catalog.LoadedModel;
import dev.sharegpt4v.runtime.engine.Engine;
import dev.sharegpt4v.runtime.engine.EngineListener;
import dev.sharegpt4v.runtime.engine.EngineOptions;
import dev.sharegpt4v.runtime.engine.Generation;
import dev.sharegpt4v.runtime.engine.GenerationRequest;
import dev.sharegpt4v.runtime.execution.KvFormat;
import dev.sharegpt4v.runtime.execution.KvGeometry;
import dev.sharegpt4v.runtime.onnx.CpuDevice;
import dev.sharegpt4v.runtime.onnx.CpuOptions;
import dev.sharegpt4v.runtime.sampling.SamplingOptions;
import java.nio.file.Path;

/** A caption in a Java program of one's own, without a server: what the README shows. */
final class CaptionExample {

    private CaptionExample() {}

    static String caption(Path modelPackage, byte[] image) throws InterruptedException {
        int threads = Runtime.getRuntime().availableProcessors();
        KvGeometry cache = new KvGeometry(64, 64); // 64 blocks of 64 tokens
        try (LoadedModel model = LoadedModel.open(modelPackage)) {
            CpuDevice device = CpuDevice.open(
                    model.graphs(), model.shape(), new CpuOptions(threads, threads, 1, cache, KvFormat.FP16));
            // The engine owns the device from here on, and closes it. Any thread may submit.
            try (Engine engine = Engine.start(
                            device.executor(), device.encoder(), new EngineOptions(8, 64, 256), EngineListener.NONE);
                    Generation answer = engine.submit(new GenerationRequest(
                            "first",
                            model.prompt("Describe this image.", image),
                            SamplingOptions.GREEDY,
                            model.stopAfter(200)))) {
                return model.text(answer);
            }
        }
    }
}
